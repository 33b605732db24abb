// Keras's names and sinter's: classes and kinds, snake_case and camelCase. A class that is not listed is not read.

import { camelCase, nearest } from "#engine/base/options.ts";
import { badKeras } from "./json.ts";

/** Every class of a layer that is read and written. */
const layerClasses = `
  Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention AugMix AdaptiveAveragePooling1D
  AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D
  AutoContrast Average AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Bidirectional
  CategoryEncoding CenterCrop Concatenate ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose
  Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Cropping1D Cropping2D Cropping3D
  Dense DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense Embedding Equalization Flatten
  GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
  GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization GroupQueryAttention HashedCrossing
  Hashing Identity IntegerLookup LSTM LSTMCell LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D
  MaxPooling3D Maximum Minimum MultiHeadAttention Multiply Normalization PReLU Permute Pipeline RMSNormalization RNN
  RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop
  RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert
  RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear
  RandomTranslation RandomZoom ReLU RepeatVector Rescaling Reshape Resizing ReversibleEmbedding SeparableConv1D SeparableConv2D
  SimpleRNN SimpleRNNCell Softmax Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D
  SpectralNormalization StackedRNNCells Subtract TimeDistributed UnitNormalization UpSampling1D UpSampling2D
  UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
`
  .trim()
  .split(/\s+/u);

/** Kinds that the rule does not give. */
const oddKinds: Readonly<Record<string, string>> = {
  InputLayer: "input",
  PReLU: "prelu",
  ReLU: "relu",
  LeakyReLU: "leakyRelu",
};

/** Classes of other versions of Keras, by the one that they are now. */
const otherClasses: Readonly<Record<string, string>> = {
  CuDNNLSTM: "LSTM",
  CuDNNGRU: "GRU",
  GroupedQueryAttention: "GroupQueryAttention",
  BatchNormalizationV1: "BatchNormalization",
  BatchNormalizationV2: "BatchNormalization",
  LSTMV2: "LSTM",
  GRUV2: "GRU",
};

const beforeTexts =
  "Cut the model after it, keras.Model(that.output, model.output), and give it the rows of numbers that ";

/** Keras's layers that are no layers here, and what stands for them. */
const outsideModels: Readonly<Record<string, string>> = {
  TextVectorization: `${beforeTexts}textVectorization({ vocabulary }) makes of texts.`,
  StringLookup: `${beforeTexts}stringLookup({ vocabulary }) makes of texts.`,
  CutMix: "Leave it out, and let the data set do it: imageFolder({ augment: { cutmix } }).",
  MixUp: "Leave it out, and let the data set do it: imageFolder({ augment: { mixup } }).",
};

/** `MaxPooling2D` → `max_pooling2d`. @source Keras 3, utils/naming.py */
export function snakeCase(name: string): string {
  return name
    .replaceAll(/\W+/g, "")
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/** `relu_6` → `relu6`, `max_pooling2d` → `maxPooling2d` */
export function camel(name: string): string {
  return camelCase(name);
}

/** `beta1` → `beta_1`, `kernelSize` → `kernel_size`, `relu6` → `relu6` */
export function snake(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

const kindByClass: ReadonlyMap<string, string> = new Map(
  [...layerClasses, "InputLayer"].map((name) => [name, oddKinds[name] ?? camel(snakeCase(name))]),
);
const classByKind: ReadonlyMap<string, string> = new Map([...kindByClass].map(([name, kind]) => [kind, name]));

/** Networks among the classes. */
export const networkClasses: ReadonlySet<string> = new Set(["Sequential", "Functional", "Model"]);

/** Sinter's kind of a class. @throws format for one that is not listed */
export function kindOfClass(className: string): string {
  const current = Object.hasOwn(otherClasses, className) ? (otherClasses[className] ?? className) : className;
  const kind = kindByClass.get(current);
  if (kind !== undefined) return kind;
  if (className === "Lambda") {
    throw badKeras(
      "a Lambda layer holds Python code, which is not run",
      "Replace it by a layer, or give its maker: loadModel(path, { customLayers: { name: { make } } }).",
    );
  }
  const way = Object.hasOwn(outsideModels, className) ? outsideModels[className] : undefined;
  if (way !== undefined) throw badKeras(`${className} stands outside of models here`, way);
  const right = nearest(className, [...kindByClass.keys()]);
  const advice = right === undefined ? "" : ` The nearest that is known is ${right}.`;
  throw badKeras(
    `layers of class ${JSON.stringify(className)} are not read`,
    `Write the layer by makeLayer and give its maker: loadModel(path, { customLayers: { ${JSON.stringify(className)}: { make } } }); ` +
      `its weights are taken in their order.${advice}`,
  );
}

/** Whether a class is a layer's that is read, or a network's. */
export function isLayerClass(className: string): boolean {
  return kindByClass.has(className) || networkClasses.has(className);
}

/** Keras's class of a kind, or nothing for one that is sinter's own. */
export function classOfKind(kind: string): string | undefined {
  return classByKind.get(kind);
}

/** What Keras names the group of a layer's weights after: its class in snake_case. */
export function groupOfKind(kind: string, isSequential: boolean): string {
  if (kind === "model") return isSequential ? "sequential" : "functional";
  if (kind === "groupQueryAttention") return "grouped_query_attention";
  return snakeCase(classByKind.get(kind) ?? kind);
}
