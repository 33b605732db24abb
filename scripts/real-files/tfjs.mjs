// Published models of TensorFlow.js read and run here and in TensorFlow.js itself, whose plain backend computes.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadModel, tensor } from "sinter";
import { loadTfjsGraph, loadTfjsWeights } from "sinter/formats";
import { numbers, tf } from "../golden/tfjs-common.mjs";
import { difference } from "./outputs.mjs";

export const version = `tfjs ${tf.version.tfjs}`;

const jsonOf = (path) => JSON.parse(readFileSync(path, "utf8"));
const groupsOf = (path) => [jsonOf(path)].flatMap((json) => json.weightsManifest ?? json);
const bytesOf = (path, paths) =>
  Uint8Array.from(Buffer.concat(paths.map((name) => readFileSync(join(dirname(path), name))))).buffer;

/** What TensorFlow.js loads a model from. */
export const handler = (path) => ({
  load: async () => ({
    ...jsonOf(path),
    weightSpecs: groupsOf(path).flatMap(({ weights }) => weights),
    weightData: bytesOf(
      path,
      groupsOf(path).flatMap(({ paths }) => paths),
    ),
  }),
});

/** How many floats lie between two arrays of them, at most; of other numbers 0 or infinity. */
function ulps(found, expected) {
  const isFloat = expected instanceof Float32Array && found instanceof Float32Array;
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  if (!isFloat) return expected.every((value, place) => value === found[place]) ? 0 : Number.POSITIVE_INFINITY;
  const [x, y] = [found, expected].map((values) => new Int32Array(Float32Array.from(values).buffer));
  // Floats in their order: those below zero are counted from the other end.
  const place = (bits) => (bits < 0 ? -(bits & 0x7fffffff) : bits);
  return x.reduce((most, bits, at) => Math.max(most, Math.abs(place(bits) - place(y[at]))), 0);
}

/** Weights of a manifest or model: how many, whether any is quantized, the most floats that lie between two values. */
export async function weightsOf(path) {
  const { tensors } = await loadTfjsWeights(path);
  let [most, count] = [0, 0];
  for (const { paths, weights } of groupsOf(path)) {
    for (const [name, expected] of Object.entries(tf.io.decodeWeights(bytesOf(path, paths), weights))) {
      const came = tensors.get(name);
      const isThere = came !== undefined && String(came.shape) === String(expected.shape);
      most = Math.max(most, isThere ? ulps(came.data, expected.dataSync()) : Number.POSITIVE_INFINITY);
      count += 1;
    }
  }
  const isQuantized = groupsOf(path).some(({ weights }) => weights.some(({ quantization }) => quantization));
  return { numTensors: tensors.size, isQuantized, ulps: count === tensors.size ? most : Number.POSITIVE_INFINITY };
}

/** A picture of numbers from 0 to 1. */
export function picture(seed, shape) {
  const count = shape.reduce((product, extent) => product * extent, 1);
  return Float32Array.from(numbers(seed, count), (one) => (one + 1) / 2);
}

/** What a layers-model of TensorFlow.js gives for a batch of one. */
export async function layersThere(path, values, shape) {
  return (await tf.loadLayersModel(handler(path))).predict(tf.tensor(values, [1, ...shape])).dataSync();
}

/** A layers-model here, and the distance of what it gives from what TensorFlow.js gave. */
export async function layersDistance(path, shape, values, expected) {
  const model = await loadModel(path, { inputShape: shape, compile: false });
  const found = await (await model.predict(tensor(values, { shape: [1, ...shape] }), { verbose: 0 })).data();
  return { model, found, distance: difference(found, expected) };
}

/** What a graph-model of TensorFlow.js gives, by the names of its outputs. */
export async function graphThere(path, values, shape) {
  const model = await tf.loadGraphModel(handler(path));
  const outputs = [
    await model.executeAsync(tf.tensor(values, shape, values instanceof Int32Array ? "int32" : "float32")),
  ].flat();
  return new Map(model.outputNodes.map((name, place) => [name.replace(/:\d+$/, ""), outputs[place].dataSync()]));
}

/** The largest distance of a graph-model's outputs here from those there. */
export async function graphDistance(path, shape, values, expected) {
  const graph = await loadTfjsGraph(path);
  const results = await graph.run({ [graph.inputs[0].name]: tensor(values, { shape }) });
  const all = [...expected].map(async ([name, there]) => difference(await results[name].data(), there));
  return Math.max(...(await Promise.all(all)));
}
