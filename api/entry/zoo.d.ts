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
export { bert, type BertConfig, type BertHead, type BertOptions, type BertPooling } from "../learning/zoo/bert.js";
export { autoencoder, type AutoencoderOptions } from "../learning/zoo/autoencoder.js";
export { crepe, pitch, type CrepeOptions, type Pitch, type PitchOptions } from "../learning/zoo/crepe.js";
export {
  dcganDiscriminator,
  dcganGenerator,
  type DcganDiscriminatorOptions,
  type DcganGeneratorOptions,
} from "../learning/zoo/dcgan.js";
export { loadBert, saveBert, type LoadBertOptions } from "../learning/zoo/bert-weights.js";
export {
  clip,
  clipLoss,
  clipVitB32,
  similarity,
  type Clip,
  type ClipConfig,
  type ClipTower,
} from "../learning/zoo/clip.js";
export {
  convNeXtBase,
  convNeXtLarge,
  convNeXtSmall,
  convNeXtTiny,
  convNeXtXLarge,
  type ConvNeXtOptions,
} from "../learning/zoo/convnext.js";
export { denseNet121, denseNet169, denseNet201 } from "../learning/zoo/densenet.js";
export { ddpmUnet, type DdpmUnetOptions } from "../learning/zoo/ddpm-unet.js";
export {
  diffusion,
  noiseSchedule,
  type Diffusion,
  type DiffusionOptions,
  type NoiseSchedule,
  type NoiseScheduleName,
  type SampleOptions,
} from "../learning/zoo/diffusion.js";
export {
  efficientNetB0,
  efficientNetB1,
  efficientNetB2,
  efficientNetB3,
  efficientNetB4,
  efficientNetB5,
  efficientNetB6,
  efficientNetB7,
  efficientNetLite0,
} from "../learning/zoo/efficientnet.js";
export type { EfficientNetOptions } from "../learning/zoo/efficientnet.js";
export type { EncoderDecoder } from "../learning/zoo/encoder-decoder.js";
export {
  ganTraining,
  gradientPenalty,
  type GanLosses,
  type GanOptions,
  type GanTraining,
} from "../learning/zoo/gan-training.js";
export { inceptionV3 } from "../learning/zoo/inception-v3.js";
export { mobileNet } from "../learning/zoo/mobilenet.js";
export type { MobileNetOptions } from "../learning/zoo/mobilenet.js";
export { mobileNetV2 } from "../learning/zoo/mobilenet-v2.js";
export type { MobileNetV2Options } from "../learning/zoo/mobilenet-v2.js";
export { mobileNetV3Large, mobileNetV3Small } from "../learning/zoo/mobilenet-v3.js";
export type { MobileNetV3Options } from "../learning/zoo/mobilenet-v3.js";
export type { PictureModelOptions } from "../learning/zoo/picture-model.js";
export type { PictureNetwork } from "../learning/zoo/picture-network.js";
export { preprocessInput, type PreprocessingMode } from "../learning/nn/preprocessing/preprocess-input.js";
export { resnet18, resnet34, resnet50, resnet101, resnet152 } from "../learning/zoo/resnet.js";
export { resnet50V2, resnet101V2, resnet152V2 } from "../learning/zoo/resnet-v2.js";
export { squeezeNet } from "../learning/zoo/squeezenet.js";
export { loadTorchWeights } from "../learning/zoo/torch-weights.js";
export { unet, type UnetOptions } from "../learning/zoo/unet.js";
export { gaussianLatent, vae, type GaussianLatentOptions, type VaeOptions } from "../learning/zoo/vae.js";
export { t5, t5NextLogits, type T5Config, type T5Head, type T5Options } from "../learning/zoo/t5.js";
export { t5Layers } from "../learning/zoo/t5-attention.js";
export { loadT5, type LoadT5Options } from "../learning/zoo/t5-weights.js";
export { vgg16, vgg19 } from "../learning/zoo/vgg.js";
export { vit, vitB16, vitB32, vitL16, vitL32, type VitOptions, type VitSizes } from "../learning/zoo/vit.js";
export { wavenet, type WavenetOptions } from "../learning/zoo/wavenet.js";
export { xception } from "../learning/zoo/xception.js";
export type { DecoderSizes } from "../learning/zoo/decoder-config.js";
export { gpt2, type Gpt2Options } from "../learning/zoo/gpt2.js";
export { llama, type LlamaOptions } from "../learning/zoo/llama.js";
export type { RopeScaling } from "../learning/zoo/rotary-frequencies.js";
export { fromTransformers, loadTransformers } from "../learning/zoo/transformers.js";
export { featureMaps } from "../learning/zoo/feature-maps.js";
export { defaultBoxes, type AnchorOptions } from "../learning/zoo/ssd/anchors.js";
export { decodeBoxes, encodeBoxes } from "../learning/zoo/ssd/box-coder.js";
export { ssd300Vgg16 } from "../learning/zoo/ssd/vgg-maps.js";
export { yolo, type YoloDetectorOptions } from "../learning/zoo/yolo.js";
export { ssd, type FeatureMaps, type SsdOptions } from "../learning/zoo/ssd/ssd.js";
export type { SsdLossOptions } from "../learning/zoo/ssd/ssd-loss.js";
export { fromGguf } from "../learning/zoo/gguf-decoder.js";
export { loadGlassllm } from "../learning/zoo/glassllm.js";
