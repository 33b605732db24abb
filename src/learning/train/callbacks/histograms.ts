// Histograms of weights and gradients, as numbers: what TensorBoard's HistogramProto holds, by the path of each weight.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer } from "#engine/base/options.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { disposeAll } from "../dispose.ts";
import type { Callback, FitContext } from "./callback.ts";
import { stateReader } from "./callback-state.ts";
import { LogFile } from "./log-file.ts";

/**
 * The spread of many values. Bucket i holds values up to `bucketLimits[i]`, from the limit before it; values that are not
 * finite are only counted.
 * @source TensorBoard, HistogramProto (min, max, num, sum, sum_squares, bucket_limit, bucket)
 */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  /** Finite values. */
  readonly num: number;
  readonly sum: number;
  readonly sumSquares: number;
  readonly bucketLimits: readonly number[];
  readonly buckets: readonly number[];
  readonly numNonFinite: number;
}

/** The histograms of an epoch's end, by the path of the weight. */
export interface HistogramRecord {
  /** From 0. */
  readonly epoch: number;
  readonly weights: Readonly<Record<string, Histogram>>;
  /** Of the loss on the epoch's last batch; weights that are not trained have none. */
  readonly gradients: Readonly<Record<string, Histogram>>;
}

export interface HistogramsOptions {
  /** A file that gets a JSON object a line, one a record. */
  readonly filename?: string | undefined;
  /** Gets every record. */
  readonly onRecord?: ((record: HistogramRecord) => void | Promise<void>) | undefined;
  /** Epochs between two records; 1 by default. */
  readonly everyEpochs?: number;
  /** Buckets of equal width; 30 by default, as in TensorBoard's summaries. */
  readonly numBuckets?: number;
}

/**
 * Records histograms of every weight and of its gradient. Compiles one program more, for the gradients.
 * @throws option without filename and without onRecord
 */
export function histograms(options: HistogramsOptions): Callback {
  const where = "histograms";
  checkOptions(where, options, ["filename", "onRecord", "everyEpochs", "numBuckets"]);
  const { filename, onRecord } = options;
  const everyEpochs = integer(where, "everyEpochs", options.everyEpochs ?? 1);
  const numBuckets = integer(where, "numBuckets", options.numBuckets ?? 30);
  if (filename === undefined && onRecord === undefined) {
    throw new SinterError("option", `${where}: the records would be lost. Give filename or onRecord.`);
  }
  const file = filename === undefined ? undefined : new LogFile(filename);
  return {
    writesFiles: file !== undefined,
    onTrainBegin: () => file?.reset(),
    onEpochEnd: async (epoch, _logs, context) => {
      if ((epoch + 1) % everyEpochs !== 0) return;
      const record = { epoch, ...(await spreads(context, numBuckets)) };
      await file?.append(JSON.stringify(record));
      await onRecord?.(record);
    },
    state: () => ({ numLines: file?.numLines ?? 0 }),
    restore: async (state) => file?.cutBack(stateReader(where, state)("numLines") ?? 0),
  };
}

async function spreads(
  context: FitContext,
  numBuckets: number,
): Promise<Pick<HistogramRecord, "weights" | "gradients">> {
  const values = await context.model.getWeights();
  const weights = Object.fromEntries(
    context.model.network.weights.flatMap(({ path }, index) => {
      const value = values[index];
      return value === undefined ? [] : [[path, value] as const];
    }),
  );
  const slopes = await context.gradients();
  const all = { weights: await spreadOf(weights, numBuckets), gradients: await spreadOf(slopes, numBuckets) };
  disposeAll([values, slopes]);
  return all;
}

async function spreadOf(
  tensors: Readonly<Record<string, Tensor>>,
  numBuckets: number,
): Promise<Record<string, Histogram>> {
  const entries = Object.entries(tensors).map(
    async ([path, value]) => [path, histogramOf(await value.data(), numBuckets)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** The histogram of values, in buckets of equal width from the least to the greatest. */
export function histogramOf(values: ArrayLike<number>, numBuckets: number): Histogram {
  const finite = Array.from(values).filter((value) => Number.isFinite(value));
  const numNonFinite = values.length - finite.length;
  const [first] = finite;
  if (first === undefined) {
    return { min: 0, max: 0, num: 0, sum: 0, sumSquares: 0, bucketLimits: [], buckets: [], numNonFinite };
  }
  const min = finite.reduce((least, value) => Math.min(least, value), first);
  const max = finite.reduce((greatest, value) => Math.max(greatest, value), first);
  const width = (max - min) / numBuckets;
  const buckets = Array.from({ length: width === 0 ? 1 : numBuckets }, () => 0);
  for (const value of finite) {
    const place = width === 0 ? 0 : Math.min(numBuckets - 1, Math.floor((value - min) / width));
    buckets[place] = (buckets[place] ?? 0) + 1;
  }
  return {
    min,
    max,
    num: finite.length,
    sum: finite.reduce((total, value) => total + value, 0),
    sumSquares: finite.reduce((total, value) => total + value * value, 0),
    bucketLimits: buckets.map((_, index) => (index === buckets.length - 1 ? max : min + width * (index + 1))),
    buckets,
    numNonFinite,
  };
}
