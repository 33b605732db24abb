// The door sinter/zoo: known models.

export type { Word2VecConfig } from "#learning/zoo/word2vec/config.ts";
export {
  loadWord2Vec,
  word2Vec,
  type Word2Vec,
  type Word2VecOptions,
  type Word2VecTrainOptions,
} from "#learning/zoo/word2vec/word2vec.ts";
export type { LearnedTables } from "#learning/zoo/word2vec/save-word2vec.ts";
export type { WordVocabulary } from "#learning/zoo/word2vec/vocabulary.ts";
export {
  WordVectors,
  type Analogy,
  type MostSimilarOptions,
  type SimilarWord,
} from "#learning/zoo/word2vec/word-vectors.ts";
export { bert, type BertConfig, type BertHead, type BertOptions, type BertPooling } from "#learning/zoo/bert.ts";
export { loadBert, saveBert, type LoadBertOptions } from "#learning/zoo/bert-weights.ts";
export { denseNet121, denseNet169, denseNet201 } from "#learning/zoo/densenet.ts";
export {
  efficientNetB0,
  efficientNetB1,
  efficientNetB2,
  efficientNetB3,
  efficientNetB4,
  efficientNetB5,
  efficientNetB6,
  efficientNetB7,
} from "#learning/zoo/efficientnet.ts";
export type { EfficientNetOptions } from "#learning/zoo/efficientnet.ts";
export { inceptionV3 } from "#learning/zoo/inception-v3.ts";
export { mobileNet } from "#learning/zoo/mobilenet.ts";
export type { MobileNetOptions } from "#learning/zoo/mobilenet.ts";
export { mobileNetV2 } from "#learning/zoo/mobilenet-v2.ts";
export type { MobileNetV2Options } from "#learning/zoo/mobilenet-v2.ts";
export { mobileNetV3Large, mobileNetV3Small } from "#learning/zoo/mobilenet-v3.ts";
export type { MobileNetV3Options } from "#learning/zoo/mobilenet-v3.ts";
export type { PictureModelOptions } from "#learning/zoo/picture-model.ts";
export { resnet18, resnet34, resnet50, resnet101, resnet152 } from "#learning/zoo/resnet.ts";
export { resnet50V2, resnet101V2, resnet152V2 } from "#learning/zoo/resnet-v2.ts";
export { squeezeNet } from "#learning/zoo/squeezenet.ts";
export { t5, t5NextLogits, type T5Config, type T5Head, type T5Options } from "#learning/zoo/t5.ts";
export { t5Layers } from "#learning/zoo/t5-attention.ts";
export { loadT5, type LoadT5Options } from "#learning/zoo/t5-weights.ts";
export { vgg16, vgg19 } from "#learning/zoo/vgg.ts";
export { xception } from "#learning/zoo/xception.ts";
