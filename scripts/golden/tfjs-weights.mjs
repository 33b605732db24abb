// Weights in every form that TensorFlow.js stores, and what its own reader makes of them (tfjs-core 4.22.0).
// Run: node scripts/peers.mjs; node scripts/golden/tfjs-weights.mjs
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(new URL("../../.peers/node/", import.meta.url));
const tf = require("@tensorflow/tfjs-core");
require("@tensorflow/tfjs-backend-cpu");

/** Bytes from a seed: mulberry32. */
function randomBytes(seed, count) {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 24;
  });
}

const float32 = (name, shape) => ({ name, shape, dtype: "float32" });
const coded = (weight, dtype, scale, min) => ({ ...weight, quantization: { dtype, scale, min } });
const int32 = (name, shape) => ({ name, shape, dtype: "int32" });
const groups = [
  [
    float32("dense/kernel", [3, 2]),
    coded(float32("dense/bias", [5]), "uint8", 0.013836609615999109, -1.411334180831909),
    int32("steps", [3]),
    { name: "mask", shape: [2, 3], dtype: "bool" },
    { ...float32("half", [2, 9]), quantization: { dtype: "float16" } },
  ],
  [
    coded(float32("codes/kernel", [4, 8]), "uint16", 0.0000314159, -1.0000001),
    coded(int32("whole", [7]), "uint8", 2.0078740157480315, -255),
    coded(int32("wide", [6]), "uint16", 3, -100000),
    float32("scalar", []),
    float32("empty", [0, 4]),
  ],
];
const sizes = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };
const lengthOf = ({ shape, dtype, quantization }) =>
  shape.reduce((product, extent) => product * extent, 1) * sizes[quantization?.dtype ?? dtype];

/** Numbers of all sizes: random bits would be mostly not finite or denormal. */
function content(weight, seed) {
  const bytes = randomBytes(seed, lengthOf(weight));
  const kind = weight.quantization?.dtype ?? weight.dtype;
  if (kind === "bool") return bytes.map((byte) => byte & 1);
  if (kind === "float32")
    return new Uint8Array(Float32Array.from({ length: bytes.length / 4 }, (_, i) => (bytes[i] - 128) / 37).buffer);
  return bytes;
}

const shards = {};
const manifest = [];
const expected = {};
for (const [index, weights] of groups.entries()) {
  const bytes = Buffer.concat(weights.map((weight, place) => Buffer.from(content(weight, index * 100 + place + 1))));
  // Borders inside of weights, and inside of one value.
  const borders = [0, 7, Math.floor(bytes.length / 2) | 1, bytes.length];
  const paths = borders.slice(1).map((_, part) => `group${index + 1}-shard${part + 1}of3.bin`);
  for (const [part, path] of paths.entries())
    shards[path] = bytes.subarray(borders[part], borders[part + 1]).toString("base64");
  manifest.push({ paths, weights });
  const exact = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  for (const [name, tensor] of Object.entries(tf.io.decodeWeights(exact, weights))) {
    const values = tensor.dataSync();
    const held = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
    expected[name] = { dtype: tensor.dtype, shape: tensor.shape, values: held };
  }
}
const path = fileURLToPath(new URL("../../test/golden/tfjs/weights.json", import.meta.url));
writeFileSync(
  path,
  `${JSON.stringify({ made: `tfjs-core ${tf.version_core}`, manifest, shards, expected }, undefined, 1)}\n`,
);
