// Layers-models as TensorFlow.js 4.22.0 writes them, their inputs and what it makes of those. The last has the form of a project of
// Teachable Machine: a cut base and a head in one another. Run: node scripts/peers.mjs; node scripts/golden/tfjs-layers.mjs
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { numbers, saved, stored, tf } from "./tfjs-common.mjs";

const { layers } = tf;

function sequence() {
  const model = tf.sequential({ name: "sequence" });
  model.add(layers.embedding({ inputDim: 11, outputDim: 4, inputLength: 6, name: "words" }));
  model.add(
    layers.bidirectional({ layer: layers.lstm({ units: 3, returnSequences: true, name: "run" }), name: "both" }),
  );
  model.add(layers.gru({ units: 4, recurrentActivation: "hardSigmoid", resetAfter: false, name: "last" }));
  model.add(layers.dense({ units: 3, activation: "softmax", name: "classes" }));
  const input = tf.tensor2d(
    numbers(7, 12).map((one) => Math.floor((one + 1) * 5)),
    [2, 6],
  );
  return { model, input };
}

function pictures() {
  const input = tf.input({ shape: [8, 8, 3], name: "picture" });
  const apply = (layer, ...inputs) => layer.apply(inputs.length === 1 ? inputs[0] : inputs);
  const first = apply(
    layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", useBias: false, name: "conv" }),
    input,
  );
  const normal = apply(layers.batchNormalization({ name: "normal" }), first);
  const six = apply(layers.reLU({ maxValue: 6, name: "six" }), normal);
  const apart = apply(layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: "same", name: "apart" }), six);
  const split = apply(layers.separableConv2d({ filters: 4, kernelSize: 3, padding: "same", name: "split" }), apart);
  const sum = apply(layers.add({ name: "sum" }), apart, split);
  const leaky = apply(layers.leakyReLU({ alpha: 0.1, name: "leaky" }), sum);
  const large = apply(layers.upSampling2d({ size: [2, 2], name: "large" }), leaky);
  const joined = apply(layers.concatenate({ name: "joined" }), large, six);
  const small = apply(layers.averagePooling2d({ poolSize: 2, name: "small" }), joined);
  const soft = apply(layers.prelu({ sharedAxes: [1, 2], name: "soft" }), small);
  const flat = apply(layers.globalAveragePooling2d({ name: "flat" }), soft);
  const output = apply(layers.dense({ units: 5, activation: "swish", name: "answer" }), flat);
  return {
    model: tf.model({ inputs: input, outputs: output, name: "pictures" }),
    input: tf.tensor(numbers(8, 2 * 192), [2, 8, 8, 3]),
  };
}

function teachable() {
  const input = tf.input({ shape: [16, 16, 3], name: "input_1" });
  const conv = layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: "same", useBias: false, name: "Conv1" });
  const normal = layers.batchNormalization({ name: "bn_Conv1" });
  const cut = layers.reLU({ maxValue: 6, name: "out_relu" });
  const base = tf.model({ inputs: input, outputs: cut.apply(normal.apply(conv.apply(input))), name: "base" });
  const features = tf.sequential({ name: "features", layers: [base, layers.globalAveragePooling2d({ name: "mean" })] });
  const head = tf.sequential({ name: "head" });
  head.add(layers.dense({ inputShape: [4], units: 6, activation: "relu", name: "dense_1" }));
  head.add(layers.dense({ units: 2, activation: "softmax", useBias: false, name: "dense_2" }));
  const model = tf.sequential({ name: "project" });
  model.add(features);
  model.add(head);
  model.compile({ optimizer: "adam", loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  const bytes = numbers(9, 768).map((one) => Math.round((one + 1) * 127));
  return { model, input: tf.tensor(bytes, [1, 16, 16, 3]), change: (x) => x.div(127).sub(1) };
}

/** Weights that are not those of a start: variances stay above 0. */
function setWeights(model) {
  const weights = model.weights.map(({ originalName, shape }, place) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const values = numbers(100 + place, size);
    return tf.tensor(originalName.endsWith("variance") ? values.map((one) => 1.5 + one) : values, shape);
  });
  model.setWeights(weights);
}

const cases = {};
for (const [name, make] of Object.entries({ sequence, pictures, teachable })) {
  const { model, input, change = (x) => x } = make();
  setWeights(model);
  const { modelTopology, weightSpecs, weightData, trainingConfig } = await saved(model, {
    includeOptimizer: name === "teachable",
  });
  const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
  cases[name] = {
    description: {
      modelTopology,
      format: "layers-model",
      generatedBy: "TensorFlow.js tfjs-layers v4.22.0",
      weightsManifest,
      trainingConfig,
    },
    weights: Buffer.from(tf.io.CompositeArrayBuffer.join(weightData)).toString("base64"),
    input: stored(input),
    output: stored(model.predict(change(input))),
  };
}
cases.teachable.metadata = {
  tfjsVersion: "1.7.4",
  tmVersion: "2.4.7",
  packageVersion: "0.8.4",
  packageName: "@teachablemachine/image",
  timeStamp: "2026-11-27T00:00:00.000Z",
  userMetadata: {},
  modelName: "tm-my-image-model",
  labels: ["cup", "no cup"],
  imageSize: 16,
};
const path = fileURLToPath(new URL("../../test/golden/tfjs/layers.json", import.meta.url));
writeFileSync(path, `${JSON.stringify({ made: `tfjs ${tf.version.tfjs}`, cases })}\n`);
