// Models that everyone knows, in sinter's layers, with random weights: bench/peers builds the same ones.
import { layers, makeLayer, model } from "sinter";

/** Shape of one sample, number of classes, the model, and its optimizer where it is not SGD. */
export const knownModels = {
  "mobilenet-v2": { shape: [224, 224, 3], classes: 1000, build: mobileNetV2 },
  "resnet-50": { shape: [224, 224, 3], classes: 1000, build: resNet50 },
  "vgg-16": { shape: [224, 224, 3], classes: 1000, build: vgg16 },
  transformer: { shape: [128, 256], classes: 10, build: transformer },
  mlp: { shape: [784], classes: 10, build: mlp, optimizer: "adam" },
};

const plain = { padding: "same", useBias: false };
const relu = (x) => layers.activation({ activation: "relu" }).apply(x);
const relu6 = (x) => layers.activation({ activation: "relu6" }).apply(x);
const normalized = (x) => layers.batchNormalization().apply(x);
const conv = (filters, kernelSize, x, strides = 1) =>
  normalized(layers.conv2d({ filters, kernelSize, strides, ...plain }).apply(x));
const classifier = (inputs, x, units) =>
  model({ inputs, outputs: layers.dense({ units, activation: "softmax" }).apply(x) });

/** Sandler et al. 2018: [expansion, channels, blocks, stride of the first]. */
const bottlenecks = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

function mobileNetV2({ shape, classes }) {
  const inputs = layers.input({ shape });
  let x = relu6(conv(32, 3, inputs, 2));
  for (const [expansion, channels, blocks, stride] of bottlenecks) {
    for (let block = 0; block < blocks; block++) {
      const strides = block === 0 ? stride : 1;
      const wide = expansion === 1 ? x : relu6(conv(expansion * x.type.shape[2], 1, x));
      const filtered = layers.depthwiseConv2d({ kernelSize: 3, strides, ...plain }).apply(wide);
      const y = conv(channels, 1, relu6(normalized(filtered)));
      x = block === 0 ? y : layers.add().apply([x, y]);
    }
  }
  return classifier(inputs, layers.globalAveragePooling2d().apply(relu6(conv(1280, 1, x))), classes);
}

/** He et al. 2015, with the stride in the 3 x 3 convolution. */
function resNet50({ shape, classes }) {
  const inputs = layers.input({ shape });
  let x = relu(conv(64, 7, inputs, 2));
  x = layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }).apply(x);
  [3, 4, 6, 3].forEach((blocks, stage) => {
    const filters = 64 * 2 ** stage;
    for (let block = 0; block < blocks; block++) {
      const strides = block === 0 && stage > 0 ? 2 : 1;
      const y = conv(4 * filters, 1, relu(conv(filters, 3, relu(conv(filters, 1, x)), strides)));
      const shortcut = block === 0 ? conv(4 * filters, 1, x, strides) : x;
      x = relu(layers.add().apply([shortcut, y]));
    }
  });
  return classifier(inputs, layers.globalAveragePooling2d().apply(x), classes);
}

function vgg16({ shape, classes }) {
  const inputs = layers.input({ shape });
  let x = inputs;
  for (const [filters, number] of [
    [64, 2],
    [128, 2],
    [256, 3],
    [512, 3],
    [512, 3],
  ]) {
    for (let index = 0; index < number; index++) {
      x = layers.conv2d({ filters, kernelSize: 3, padding: "same", activation: "relu" }).apply(x);
    }
    x = layers.maxPooling2d({ poolSize: 2 }).apply(x);
  }
  x = layers.flatten().apply(x);
  for (let index = 0; index < 2; index++) x = layers.dense({ units: 4096, activation: "relu" }).apply(x);
  return classifier(inputs, x, classes);
}

const heads = 8;

/** softmax(q · k' / √width) · v by heads, of queries, keys and values side by side. */
const attention = () =>
  makeLayer({
    kind: "attention",
    className: "Attention",
    options: {},
    known: [],
    config: {},
    outputTypes: ([{ shape }]) => [{ shape: [shape[0], shape[1] / 3], dtype: "f32" }],
    call: (_weights, [x]) => {
      const [batch, tokens, all] = x.shape;
      const width = all / 3 / heads;
      const parts = x.reshape([batch, tokens, 3, heads, width]).transpose([2, 0, 3, 1, 4]);
      const part = (index) =>
        parts.slice([index, 0, 0, 0, 0], [1, batch, heads, tokens, width]).reshape([batch, heads, tokens, width]);
      const scores = part(0)
        .matMul(part(1).transpose([0, 1, 3, 2]))
        .mul(1 / Math.sqrt(width))
        .softmax(-1);
      const mixed = scores.matMul(part(2)).transpose([0, 2, 1, 3]);
      return { outputs: [mixed.reshape([batch, tokens, all / 3])] };
    },
  });

const meanOfTokens = () =>
  makeLayer({
    kind: "meanOfTokens",
    className: "MeanOfTokens",
    options: {},
    known: [],
    config: {},
    outputTypes: ([{ shape }]) => [{ shape: [shape[1]], dtype: "f32" }],
    call: (_weights, [x]) => ({ outputs: [x.mean(1)] }),
  });

/** An encoder of 4 layers on 128 embedded tokens: normalization first, relu, 8 heads, 1,024 wide inside. */
function transformer({ shape, classes }) {
  const inputs = layers.input({ shape });
  const [, width] = shape;
  const normal = (x) => layers.layerNormalization({ epsilon: 1e-5 }).apply(x);
  let x = inputs;
  for (let layer = 0; layer < 4; layer++) {
    const attended = attention().apply(layers.dense({ units: 3 * width }).apply(normal(x)));
    x = layers.add().apply([x, layers.dense({ units: width }).apply(attended)]);
    const inner = layers.dense({ units: 4 * width, activation: "relu" }).apply(normal(x));
    x = layers.add().apply([x, layers.dense({ units: width }).apply(inner)]);
  }
  return classifier(inputs, meanOfTokens().apply(normal(x)), classes);
}

function mlp({ shape, classes }) {
  const inputs = layers.input({ shape });
  return classifier(inputs, layers.dense({ units: 128, activation: "relu" }).apply(inputs), classes);
}
