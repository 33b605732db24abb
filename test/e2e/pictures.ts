// Small pictures for tests of whole processes: each class has a colour, each picture its own noise.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";

const colours: readonly (readonly [number, number, number])[] = [
  [40, 60, 200],
  [200, 60, 40],
  [50, 190, 60],
];

/** A pseudo-random byte stream, the same on every run. */
function* noise(seed: number): Generator<number, never> {
  for (let state = (seed * 2654435761 + 1) >>> 0; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 24;
  }
}

/** The bytes of a PNG of one class. */
export async function pictureOf(
  label: number,
  seed: number,
  [height, width]: readonly [number, number] = [20, 24],
): Promise<Buffer> {
  const bytes = noise(seed + label * 1000);
  const colour = colours[label] ?? [0, 0, 0];
  const data = Buffer.alloc(height * width * 3);
  for (let index = 0; index < data.length; index += 1) {
    data[index] = Math.min(255, Math.max(0, (colour[index % 3] ?? 0) + (bytes.next().value % 64) - 32));
  }
  return await sharp(data, { raw: { width: width, height: height, channels: 3 } })
    .png()
    .toBuffer();
}

/** Writes `count` pictures for each class into FOLDER/CLASS/N.png. */
export async function writePictures(folder: string, classNames: readonly string[], count: number): Promise<void> {
  for (const [label, name] of classNames.entries()) {
    await mkdir(join(folder, name), { recursive: true });
    for (let number = 0; number < count; number += 1) {
      const seed = number + folder.length * 100;
      await writeFile(join(folder, name, `${number}.png`), await pictureOf(label, seed));
    }
  }
}
