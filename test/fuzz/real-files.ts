// Files that others published, as seeds of damage: .data, filled by scripts/fetch-data.mjs. Small ones are damaged as often as those
// of the tests; large ones a hundred times a reader.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const folder = ".data";
/** Larger files are slow to copy ten thousand times. */
const maxSmall = 2 ** 16;
/** A reader takes at most so many of each kind. */
const maxFiles = 100;

/** Real files by their paths in .data. */
export interface RealFiles {
  readonly small: ReadonlyMap<string, Uint8Array>;
  readonly large: ReadonlyMap<string, Uint8Array>;
  /** Why there are none. */
  readonly absent: string | undefined;
}

/** @param path of the files wanted, below .data @param maxBytes of a large one */
export function realFiles(path: RegExp, maxBytes: number = 2 ** 27): RealFiles {
  const found = allFiles().filter(({ name, bytes }) => path.test(name) && bytes <= maxBytes);
  const taken = (isSmall: boolean): ReadonlyMap<string, Uint8Array> => {
    const files = found.filter(({ bytes }) => bytes <= maxSmall === isSmall);
    const every = Math.max(1, files.length / maxFiles);
    const chosen = files.filter((_, index) => Math.floor(index / every) !== Math.floor((index - 1) / every));
    return new Map(chosen.map(({ name }) => [name, new Uint8Array(readFileSync(join(folder, name)))]));
  };
  const reason = existsSync(folder) ? "no such file in .data" : "no .data: run node scripts/fetch-data.mjs";
  return { small: taken(true), large: taken(false), absent: found.length === 0 ? reason : undefined };
}

let files: { readonly name: string; readonly bytes: number }[] | undefined;

function allFiles(): { readonly name: string; readonly bytes: number }[] {
  if (!existsSync(folder)) return [];
  files ??= readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => /\.(?:onnx|safetensors|np[yz]|pth|tar|json|hdf5|bin|csv|parquet)$|shard\d+of\d+$/.test(name))
    .toSorted()
    .map((name) => ({ name, bytes: statSync(join(folder, name)).size }));
  return files;
}
