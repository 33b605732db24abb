export type { Word2VecConfig } from "../learning/zoo/word2vec/config.js";
export {
  loadWord2Vec,
  word2Vec,
  type Word2Vec,
  type Word2VecOptions,
  type Word2VecTrainOptions,
} from "../learning/zoo/word2vec/word2vec.js";
export type { LearnedTables } from "../learning/zoo/word2vec/save-word2vec.js";
export type { WordVocabulary } from "../learning/zoo/word2vec/vocabulary.js";
export {
  WordVectors,
  type Analogy,
  type MostSimilarOptions,
  type SimilarWord,
} from "../learning/zoo/word2vec/word-vectors.js";
export { denseNet121, denseNet169, denseNet201 } from "../learning/zoo/densenet.js";
export {
  efficientNetB0,
  efficientNetB1,
  efficientNetB2,
  efficientNetB3,
  efficientNetB4,
  efficientNetB5,
  efficientNetB6,
  efficientNetB7,
} from "../learning/zoo/efficientnet.js";
export type { EfficientNetOptions } from "../learning/zoo/efficientnet.js";
export { inceptionV3 } from "../learning/zoo/inception-v3.js";
export { mobileNet } from "../learning/zoo/mobilenet.js";
export type { MobileNetOptions } from "../learning/zoo/mobilenet.js";
export { mobileNetV2 } from "../learning/zoo/mobilenet-v2.js";
export type { MobileNetV2Options } from "../learning/zoo/mobilenet-v2.js";
export { mobileNetV3Large, mobileNetV3Small } from "../learning/zoo/mobilenet-v3.js";
export type { MobileNetV3Options } from "../learning/zoo/mobilenet-v3.js";
export type { PictureModelOptions } from "../learning/zoo/picture-model.js";
export { resnet18, resnet34, resnet50, resnet101, resnet152 } from "../learning/zoo/resnet.js";
export { resnet50V2, resnet101V2, resnet152V2 } from "../learning/zoo/resnet-v2.js";
export { squeezeNet } from "../learning/zoo/squeezenet.js";
export { vgg16, vgg19 } from "../learning/zoo/vgg.js";
export { xception } from "../learning/zoo/xception.js";
