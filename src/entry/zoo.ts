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
export { vgg16, vgg19 } from "#learning/zoo/vgg.ts";
export { xception } from "#learning/zoo/xception.ts";
export { featureMaps } from "#learning/zoo/feature-maps.ts";
export { defaultBoxes, type AnchorOptions } from "#learning/zoo/ssd/anchors.ts";
export { decodeBoxes, encodeBoxes } from "#learning/zoo/ssd/box-coder.ts";
export { ssd300Vgg16 } from "#learning/zoo/ssd/vgg-maps.ts";
export { yolo, type YoloDetectorOptions } from "#learning/zoo/yolo.ts";
export { ssd, type FeatureMaps, type SsdOptions } from "#learning/zoo/ssd/ssd.ts";
export type { SsdLossOptions } from "#learning/zoo/ssd/ssd-loss.ts";
