// A stream of tokens as a data set for language models: windows, each with itself shifted by one.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer } from "#engine/base/options.ts";
import { SampleDataset } from "#learning/data/sample-dataset.ts";

export interface TextWindowsOptions {
  /** Tokens of a window. */
  readonly length: number;
  /** Tokens from the start of one window to that of the next. Default: length, so that each is predicted once. */
  readonly stride?: number;
  /** Whether training shuffles the windows. Default true. */
  readonly shuffle?: boolean;
  /** Default 0. */
  readonly seed?: number;
  /** Default 32. */
  readonly batchSize?: number;
}

/**
 * Windows over token numbers: x = ids[i … i + length), y = ids[i + 1 … i + length + 1), i = 0, stride, 2 stride …
 * Tokens at the end that fill no window are left out.
 * @param ids token numbers, one after another
 * @returns batches of x and y, i32 [batch, length]
 * @throws option; data for fewer than length + 1 tokens
 * @example
 * const { ids } = words.encode(novel);
 * const dataset = textWindows(ids.data, { length: 64, batchSize: 16, seed: 1 });
 */
export function textWindows(ids: ArrayLike<number>, options: TextWindowsOptions): SampleDataset {
  const where = "textWindows";
  checkOptions(where, options, ["length", "stride", "shuffle", "seed", "batchSize"]);
  const length = integer(where, "length", options.length);
  const stride = integer(where, "stride", options.stride ?? length);
  const tokens = Int32Array.from(ids);
  if (tokens.length < length + 1) {
    throw new SinterError(
      "data",
      `textWindows: ${tokens.length} tokens make no window of ${length} and the token after it. Give more, or a smaller length.`,
      { numTokens: tokens.length, length },
    );
  }
  const numSamples = Math.floor((tokens.length - length - 1) / stride) + 1;
  const window = (start: number): Int32Array<ArrayBuffer> => tokens.subarray(start, start + length);
  return new SampleDataset({
    source: { numSamples, elementShape: [length], dtype: "i32", read: (index) => window(index * stride) },
    targets: {
      rowShape: [length],
      dtype: "i32",
      write: (index, batch, row) => batch.set(window(index * stride + 1), row * length),
    },
    labelMode: "values",
    batchSize: options.batchSize ?? 32,
    shuffle: options.shuffle ?? true,
    seed: options.seed ?? 0,
    name: where,
  });
}
