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
export { autoencoder, type AutoencoderOptions } from "#learning/zoo/autoencoder.ts";
export { crepe, pitch, type CrepeOptions, type Pitch, type PitchOptions } from "#learning/zoo/crepe.ts";
export {
  dcganDiscriminator,
  dcganGenerator,
  type DcganDiscriminatorOptions,
  type DcganGeneratorOptions,
} from "#learning/zoo/dcgan.ts";
export { loadBert, saveBert, type LoadBertOptions } from "#learning/zoo/bert-weights.ts";
export {
  clip,
  clipLoss,
  clipVitB32,
  similarity,
  type Clip,
  type ClipConfig,
  type ClipTower,
} from "#learning/zoo/clip.ts";
export {
  convNeXtBase,
  convNeXtLarge,
  convNeXtSmall,
  convNeXtTiny,
  convNeXtXLarge,
  type ConvNeXtOptions,
} from "#learning/zoo/convnext.ts";
export { denseNet121, denseNet169, denseNet201 } from "#learning/zoo/densenet.ts";
export { ddpmUnet, type DdpmUnetOptions } from "#learning/zoo/ddpm-unet.ts";
export {
  diffusion,
  noiseSchedule,
  type Diffusion,
  type DiffusionOptions,
  type NoiseSchedule,
  type NoiseScheduleName,
  type SampleOptions,
} from "#learning/zoo/diffusion.ts";
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
} from "#learning/zoo/efficientnet.ts";
export type { EfficientNetOptions } from "#learning/zoo/efficientnet.ts";
export type { EncoderDecoder } from "#learning/zoo/encoder-decoder.ts";
export {
  ganTraining,
  gradientPenalty,
  type GanLosses,
  type GanOptions,
  type GanTraining,
} from "#learning/zoo/gan-training.ts";
export { inceptionV3 } from "#learning/zoo/inception-v3.ts";
export { mobileNet } from "#learning/zoo/mobilenet.ts";
export type { MobileNetOptions } from "#learning/zoo/mobilenet.ts";
export { mobileNetV2 } from "#learning/zoo/mobilenet-v2.ts";
export type { MobileNetV2Options } from "#learning/zoo/mobilenet-v2.ts";
export { mobileNetV3Large, mobileNetV3Small } from "#learning/zoo/mobilenet-v3.ts";
export type { MobileNetV3Options } from "#learning/zoo/mobilenet-v3.ts";
export type { PictureModelOptions } from "#learning/zoo/picture-model.ts";
export type { PictureNetwork } from "#learning/zoo/picture-network.ts";
export { preprocessInput, type PreprocessingMode } from "#learning/nn/preprocessing/preprocess-input.ts";
export { resnet18, resnet34, resnet50, resnet101, resnet152 } from "#learning/zoo/resnet.ts";
export { resnet50V2, resnet101V2, resnet152V2 } from "#learning/zoo/resnet-v2.ts";
export { squeezeNet } from "#learning/zoo/squeezenet.ts";
export { loadTorchWeights } from "#learning/zoo/torch-weights.ts";
export { unet, type UnetOptions } from "#learning/zoo/unet.ts";
export { gaussianLatent, vae, type GaussianLatentOptions, type VaeOptions } from "#learning/zoo/vae.ts";
export { t5, t5NextLogits, type T5Config, type T5Head, type T5Options } from "#learning/zoo/t5.ts";
export { t5Layers } from "#learning/zoo/t5-attention.ts";
export { loadT5, type LoadT5Options } from "#learning/zoo/t5-weights.ts";
export { vgg16, vgg19 } from "#learning/zoo/vgg.ts";
export { vit, vitB16, vitB32, vitL16, vitL32, type VitOptions, type VitSizes } from "#learning/zoo/vit.ts";
export { wavenet, type WavenetOptions } from "#learning/zoo/wavenet.ts";
export { xception } from "#learning/zoo/xception.ts";
export type { DecoderSizes } from "#learning/zoo/decoder-config.ts";
export { gpt2, type Gpt2Options } from "#learning/zoo/gpt2.ts";
export { llama, type LlamaOptions } from "#learning/zoo/llama.ts";
export type { RopeScaling } from "#learning/zoo/rotary-frequencies.ts";
export { fromTransformers, loadTransformers } from "#learning/zoo/transformers.ts";
export { featureMaps } from "#learning/zoo/feature-maps.ts";
export { defaultBoxes, type AnchorOptions } from "#learning/zoo/ssd/anchors.ts";
export { decodeBoxes, encodeBoxes } from "#learning/zoo/ssd/box-coder.ts";
export { ssd300Vgg16 } from "#learning/zoo/ssd/vgg-maps.ts";
export { yolo, type YoloDetectorOptions } from "#learning/zoo/yolo.ts";
export { ssd, type FeatureMaps, type SsdOptions } from "#learning/zoo/ssd/ssd.ts";
export type { SsdLossOptions } from "#learning/zoo/ssd/ssd-loss.ts";
export { fromGguf } from "#learning/zoo/gguf-decoder.ts";
export { loadGlassllm } from "#learning/zoo/glassllm.ts";
