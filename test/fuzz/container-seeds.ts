// Small whole files of the container formats, to be damaged.

import { encodeSafetensors } from "#learning/formats/safetensors.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";

const tensors: readonly (readonly [string, StoredTensor])[] = [
  ["dense/kernel", { dtype: "f32", shape: [3, 2], data: Float32Array.of(1, -2, 3, 4.5, 0, 1e-9) }],
  ["dense/bias", { dtype: "f16", shape: [2], data: Uint16Array.of(0x3c00, 0) }],
  ["steps", { dtype: "i32", shape: [], data: Int32Array.of(12) }],
  ["mask", { dtype: "bool", shape: [2, 1, 2], data: Uint8Array.of(1, 0, 1, 1) }],
  ["empty", { dtype: "u8", shape: [0, 4], data: new Uint8Array(0) }],
];

export const safetensorsSeeds: Readonly<Record<string, Uint8Array>> = {
  plain: encodeSafetensors(tensors),
  named: encodeSafetensors(tensors, { format: "pt", made: "by a test" }),
};
