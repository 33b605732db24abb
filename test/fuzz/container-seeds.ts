// Small whole files of the container formats, to be damaged.

import { readArchive } from "#learning/formats/archive.ts";
import { encodeNpy, encodeNpz } from "#learning/formats/npy.ts";
import { encodeSafetensors } from "#learning/formats/safetensors.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import { readGolden } from "../golden/golden.ts";

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

const [, , , mask] = tensors;

export const npySeeds: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
  tensors.map(([name, tensor]) => [name, encodeNpy(tensor)]),
);

export const npzSeeds: Readonly<Record<string, Uint8Array>> = {
  stored: encodeNpz(tensors),
  deflated: encodeNpz(
    [["zeros", { dtype: "f32", shape: [40, 40], data: new Float32Array(1600) }], ...(mask ? [mask] : [])],
    {
      compress: true,
    },
  ),
};

function torchSeeds(): {
  readonly whole: Readonly<Record<string, Uint8Array>>;
  readonly pickles: Readonly<Record<string, Uint8Array>>;
  readonly storages: readonly (readonly [string, Uint8Array])[];
} {
  const { cases } = readGolden("pytorch") as {
    readonly cases: readonly { readonly name: string; readonly file: string }[];
  };
  const files = cases.map(({ name, file }) => [name, new Uint8Array(Buffer.from(file, "base64"))] as const);
  const whole = Object.fromEntries(files.filter(([name]) => /^(?:views|a state dict|a list)/.test(name)));
  const pickles: Record<string, Uint8Array> = {};
  const storages = new Map<string, Uint8Array>();
  for (const [name, file] of files) {
    if (name.endsWith("legacy")) continue;
    for (const [path, entry] of readArchive(file, { names: "keys" })) {
      const inner = path.slice(path.indexOf("/") + 1);
      if (inner === "data.pkl") pickles[name] = entry.read();
      // Storages of all files under the same keys: the longest.
      const known = storages.get(`x/${inner}`);
      if (inner.startsWith("data/") && (known?.length ?? -1) < entry.bytes) storages.set(`x/${inner}`, entry.read());
    }
  }
  return { whole, pickles, storages: [...storages] };
}

export const pytorchSeeds: ReturnType<typeof torchSeeds> = torchSeeds();
