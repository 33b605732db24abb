// Pictures at fault, from a seed: bits flipped, ends cut off, heads of other formats; and pictures of 400 million pixels.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";

const side = 48;
const endings = ["jpg", "png", "webp", "gif", "tiff", "avif"] as const;
/** Fewer bytes than this share of a file are no whole picture in any of the formats. */
const mostKept = 0.6;

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One noisy picture in each format. */
async function writeSeeds(random: () => number): Promise<Buffer[]> {
  const data = Buffer.from(Array.from({ length: side * side * 3 }, () => Math.floor(random() * 256)));
  const noise = (): Sharp => sharp(data, { raw: { width: side, height: side, channels: 3 } });
  const formats = [noise().jpeg(), noise().png(), noise().webp(), noise().gif(), noise().tiff(), noise().avif()];
  return await Promise.all(formats.map((picture) => picture.toBuffer()));
}

function flipBits(bytes: Buffer, random: () => number): Buffer {
  const changed = Buffer.from(bytes);
  const numFlips = 1 + Math.floor(random() * 32);
  for (let flip = 0; flip < numFlips; flip += 1) {
    const at = Math.floor(random() * changed.length);
    changed.writeUInt8(changed.readUInt8(at) ^ (1 << Math.floor(random() * 8)), at);
  }
  return changed;
}

/** Writes so many changed pictures; gives the names of those that cannot be whole. */
export async function writeMutants(folder: string, count: number, seed: number): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const random = randomFrom(seed);
  const seeds = await writeSeeds(random);
  const cut: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const at = number % seeds.length;
    const bytes = seeds[at] ?? Buffer.alloc(0);
    const donor = seeds[Math.floor(random() * seeds.length)] ?? bytes;
    const split = Math.floor(random() * bytes.length * mostKept);
    const kind = Math.floor(number / seeds.length) % 3;
    const head = donor.subarray(0, Math.floor(random() * 64));
    const spliced = Buffer.concat([head, bytes.subarray(head.length)]);
    const changed = [flipBits(bytes, random), bytes.subarray(0, split), spliced][kind] ?? bytes;
    const name = `${number}.${endings[at]}`;
    if (kind === 1) cut.push(name);
    await writeFile(join(folder, name), changed);
  }
  return cut;
}

/** Small files that unfold to gigabytes; gives their names. */
export async function writeBombs(folder: string): Promise<string[]> {
  const huge = { create: { width: 20_000, height: 20_000, channels: 3, background: "#205080" } } as const;
  const large = { create: { ...huge.create, width: 9_000, height: 9_000 } } as const;
  await sharp({ ...huge, limitInputPixels: false })
    .jpeg()
    .toFile(join(folder, "huge.jpg"));
  await sharp({ ...huge, limitInputPixels: false })
    .png()
    .toFile(join(folder, "huge.png"));
  await sharp(large).jpeg({ progressive: true }).toFile(join(folder, "whole.jpg"));
  const wide = { create: { ...huge.create, width: 2_000_000, height: 50 } } as const;
  await sharp(wide).png().toFile(join(folder, "wide.png"));
  return ["huge.jpg", "huge.png", "whole.jpg", "wide.png"];
}
