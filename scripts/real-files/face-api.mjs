// face-api's SSD on MobileNet (weights without a topology, 8 bits) built here, beside face-api itself on TensorFlow.js's wasm
// backend: the faces that both find on its photographs. Needs .data/face-api and .data/face-photos, and scripts/peers.mjs.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeBoxes, layers, model, nonMaxSuppression, readPicture, tensor } from "sinter";
import { loadTfjsWeights } from "sinter/formats";

const root = fileURLToPath(new URL("../..", import.meta.url));
const photos = join(root, ".data/face-photos");
const manifest = join(root, ".data/face-api/ssd_mobilenetv1_model-weights_manifest.json");
const size = 512;

/** Runs in a process of its own, since face-api looks for TensorFlow.js where Node does. */
const program = `
const tf = require("@tensorflow/tfjs");
require("@tensorflow/tfjs-backend-wasm");
const faces = require(process.argv[1] + "/face-api.node-wasm.cjs");
const { readFileSync } = require("node:fs");
(async () => {
  await tf.setBackend("wasm");
  await tf.ready();
  await faces.nets.ssdMobilenetv1.loadFromDisk(process.argv[2]);
  const { height, width } = JSON.parse(process.argv[3]);
  const pixels = new Uint8Array(readFileSync(0));
  const picture = tf.tensor(pixels, [1, height, width, 3], "int32");
  const found = await faces.detectAllFaces(picture, new faces.SsdMobilenetv1Options({ minConfidence: 0.5 }));
  console.log(JSON.stringify(found.map(({ score, box: { x, y, width, height } }) => [score, x, y, x + width, y + height])));
})();
`;

/** What face-api finds: score, then left, top, right, bottom in pixels of the picture. */
export function facesThere({ height, width, data }) {
  const extents = JSON.stringify({ height, width });
  const env = { ...process.env, NODE_PATH: join(root, ".peers/node/node_modules") };
  const output = execFileSync(process.execPath, ["-e", program, photos, join(root, ".data/face-api"), extents], {
    input: data,
    env,
    maxBuffer: 1 << 26,
    stdio: ["pipe", "pipe", "pipe"],
  });
  return JSON.parse(output.toString().trim().split("\n").at(-1));
}

const relu6 = (x, name) => layers.activation({ activation: "relu6", name }).apply(x);

function convolved(x, filters, kernelSize, strides, name) {
  return relu6(layers.conv2d({ filters, kernelSize, strides, padding: "same", name }).apply(x), `${name}_relu`);
}

/** [channels, stride] of the thirteen pairs of a depthwise and a 1 x 1 convolution. */
const pairs = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024].map((filters, index) => [
  filters,
  [2, 4, 6, 12].includes(index + 1) ? 2 : 1,
]);
const extras = [256, 512, 128, 256, 128, 256, 64, 128];

/** Encoded boxes [5118, 4] and classes [5118, 3] of a picture, -1 to 1. */
function network() {
  const picture = layers.input({ shape: [size, size, 3], name: "picture" });
  let x = convolved(picture, 32, 3, 2, "MobilenetV1.Conv2d_0_pointwise");
  const maps = [];
  for (const [index, [filters, strides]] of pairs.entries()) {
    const name = `MobilenetV1.Conv2d_${index + 1}`;
    const depthwise = { kernelSize: 3, strides, padding: "same", useBias: false, name: `${name}_depthwise` };
    x = layers.depthwiseConv2d(depthwise).apply(x);
    x = layers.batchNormalization({ epsilon: 0.001, name: `${name}_depthwise.BatchNorm` }).apply(x);
    x = convolved(relu6(x, `${name}_depthwise_relu`), filters, 1, 1, `${name}_pointwise`);
    if (index === 10) maps.push(x); // [32, 32, 512]
  }
  maps.push(x); // [16, 16, 1024]
  for (const [index, filters] of extras.entries()) {
    x = convolved(x, filters, index % 2 === 0 ? 1 : 3, index % 2 === 0 ? 1 : 2, `Prediction.Conv2d_${index}_pointwise`);
    if (index % 2 === 1) maps.push(x); // [8, 8, 512], [4, 4, 256], [2, 2, 256], [1, 1, 128]
  }
  const head = (columns, kind) =>
    layers.concatenate({ axis: 1, name: kind }).apply(
      maps.map((map, index) => {
        const perPlace = index === 0 ? 3 : 6;
        const [rows, across] = map.type.shape;
        const name = `Prediction.BoxPredictor_${index}.${kind}`;
        const conv = layers.conv2d({ filters: columns * perPlace, kernelSize: 1, name }).apply(map);
        return layers.reshape({ targetShape: [rows * across * perPlace, columns], name: `${name}_rows` }).apply(conv);
      }),
    );
  return model({ inputs: picture, outputs: [head(4, "BoxEncodingPredictor"), head(3, "ClassPredictor")] });
}

/** The name that the file has for a weight of a layer. */
const theirName = {
  kernel: (layer) => `${layer}/${layer.endsWith("depthwise") ? "depthwise_weights" : "weights"}`,
  bias: (layer) => `${layer}/${layer.endsWith("pointwise") ? "convolution_bn_offset" : "biases"}`,
  gamma: (layer) => `${layer}/gamma`,
  beta: (layer) => `${layer}/beta`,
  movingMean: (layer) => `${layer}/moving_mean`,
  movingVariance: (layer) => `${layer}/moving_variance`,
};

/** Zeros to the right or below until it is a square, then bilinear as TensorFlow.js: places are whole multiples of the scale. */
function squared({ height, width, data }) {
  const side = Math.max(height, width);
  const at = (row, column, channel) =>
    row < height && column < width ? data[(row * width + column) * 3 + channel] : 0;
  const values = new Float32Array(size * size * 3);
  const between = (index) => {
    const place = (index * side) / size;
    const low = Math.floor(place);
    return [low, Math.min(side - 1, Math.ceil(place)), place - low];
  };
  for (let row = 0; row < size; row += 1) {
    const [top, bottom, down] = between(row);
    for (let column = 0; column < size; column += 1) {
      const [left, right, across] = between(column);
      for (let channel = 0; channel < 3; channel += 1) {
        const above = at(top, left, channel) + (at(top, right, channel) - at(top, left, channel)) * across;
        const below = at(bottom, left, channel) + (at(bottom, right, channel) - at(bottom, left, channel)) * across;
        values[(row * size + column) * 3 + channel] = (above + (below - above) * down) / 127.5 - 1;
      }
    }
  }
  return tensor(values, { shape: [1, size, size, 3] });
}

/** What finds faces in pictures here, in the form of `facesThere`. */
export async function faceDetector() {
  const { tensors } = await loadTfjsWeights(manifest);
  const net = network();
  const named = net.network.weights.map(({ path, shape }) => {
    const cut = path.lastIndexOf("/");
    const { data } = tensors.get(theirName[path.slice(cut + 1)](path.slice(0, cut).replaceAll(".", "/")));
    return [path, tensor(data, { shape })];
  });
  net.setWeights(Object.fromEntries(named));
  const anchors = tensor(tensors.get("Output/extra_dim").data, { shape: [5118, 4] });
  return async (picture) => {
    const { height, width } = picture;
    const [encoded, classes] = await net.predictAllOnBatch(squared(picture));
    // Rows come before columns in all of these boxes: x and y are the other way round.
    const boxes = await decodeBoxes(encoded.reshape([5118, 4]), anchors).data();
    const scores = await classes.slice([0, 0, 1], [1, 5118, 1]).sigmoid().reshape([5118]).data();
    const { indices, count } = nonMaxSuppression(boxes, scores, {
      iouThreshold: 0.5,
      scoreThreshold: 0.5,
      maxDetections: 100,
    });
    const scale = size / Math.max(height, width);
    const padding = [size / Math.round(height * scale), size / Math.round(width * scale)];
    return Array.from(indices.subarray(0, count), (index) => {
      const [top, left, bottom, right] = [0, 1, 2, 3].map((side) => {
        const inside = side < 2 ? Math.max(0, boxes[4 * index + side]) : Math.min(1, boxes[4 * index + side]);
        return inside * padding[side % 2] * [height, width][side % 2];
      });
      return [scores[index], left, top, right, bottom];
    });
  };
}

/** The photographs, decoded. */
export async function readPhotos() {
  const names = [1, 2, 3, 4, 5, 6].map((number) => `sample${number}.jpg`);
  return await Promise.all(
    names.map(async (name) => ({ name, picture: await readPicture(new Uint8Array(readFileSync(join(photos, name)))) })),
  );
}

/** The largest differences between two lists of faces, in pixels and in scores; infinite where they differ in number. */
export function differenceOf(found, expected) {
  if (found.length !== expected.length) return { pixels: Number.POSITIVE_INFINITY, scores: Number.POSITIVE_INFINITY };
  const most = (sides) =>
    Math.max(0, ...found.flatMap((face, row) => sides.map((side) => Math.abs(face[side] - expected[row][side]))));
  return { pixels: most([1, 2, 3, 4]), scores: most([0]) };
}
