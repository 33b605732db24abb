// Reads the handwritten digits of a folder, DIGIT/picture.png, into memory.
import { imageFolder } from "sinter";

export interface Digits {
  /** [count, 28, 28], between 0 and 1. */
  readonly pixels: Float32Array<ArrayBuffer>;
  /** The digits, as the folders name them. */
  readonly labels: Int32Array;
  readonly count: number;
}

export async function readDigits(folder: string): Promise<Digits> {
  const files = await imageFolder(folder, {
    imageSize: [28, 28],
    colorMode: "grayscale",
    labelMode: "sparse",
    batchSize: 256,
    shuffle: false,
  });
  const pixels = new Float32Array(files.numSamples * 784);
  let at = 0;
  for await (const { x } of files.batches(0)) {
    pixels.set(
      Float32Array.from(x.data, (byte) => byte / 255),
      at,
    );
    at += x.data.length;
  }
  const labels = Int32Array.from(files.labels ?? [], (label) => Number(files.classNames?.[label]));
  return { pixels, labels, count: files.numSamples };
}
