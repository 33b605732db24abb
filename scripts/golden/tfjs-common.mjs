// What the scripts for TensorFlow.js share: the library on its plainest backend, and numbers from a seed.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../.peers/node/", import.meta.url));
export const tf = require("@tensorflow/tfjs");
await tf.setBackend("cpu");

/** Numbers from -1 to 1 by a seed (mulberry32), with four digits, so that they are exact in JSON. */
export function numbers(seed, count) {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.round((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1) * 1e4) / 1e4;
  });
}

/** A tensor as its shape and its values in base64. */
export function stored(tensor) {
  const found = tensor.dataSync();
  // A cast of whole numbers gives them in their old array.
  const values = tensor.dtype === "float32" ? Float32Array.from(found) : found;
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return { dtype: tensor.dtype, shape: tensor.shape, base64: bytes.toString("base64") };
}

/** What `tf.LayersModel.save` would write. */
export async function saved(model, options = {}) {
  let artifacts;
  await model.save(
    tf.io.withSaveHandler(async (given) => ((artifacts = given), { modelArtifactsInfo: {} })),
    options,
  );
  return artifacts;
}
