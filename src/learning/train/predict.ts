// predict: the network's outputs over a data set, in file order.

import { hostArray, type HostArray } from "#engine/base/dtype.ts";
import { sizeOf, type Shape } from "#engine/base/shape.ts";
import { platform, type TextOutput } from "#engine/platform/api.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Dataset, HostTensor } from "#learning/data/dataset.ts";
import { disposeAll } from "./dispose.ts";
import { checkAborted } from "./evaluate.ts";
import { inputsOf, setupOfData, upload } from "./feed.ts";
import { fittingDataset } from "./fitting-data.ts";
import { predictOnce, type ModelCore } from "./model-core.ts";
import { outputOf, ProgressBar, type Verbose } from "./progress.ts";
import { StepWindow } from "./step-window.ts";

export interface PredictOptions {
  /** For arrays; 32 by default. */
  readonly batchSize?: number;
  readonly verbose?: Verbose;
  /** Where progress is shown; the platform's own output by default. */
  readonly output?: TextOutput | undefined;
  readonly steps?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Of each output [samples, ...output shape]. */
export async function predictDataset(core: ModelCore, given: Dataset, options: PredictOptions): Promise<Tensor[]> {
  const dataset = fittingDataset(core, given, "predict", false);
  const { signal, verbose = 0 } = options;
  const numSteps = Math.min(options.steps ?? dataset.numBatches, dataset.numBatches);
  const bar = new ProgressBar(outputOf(options), verbose, numSteps, () => platform().now());
  const setup = setupOfData(dataset, false);
  const window = new StepWindow();
  const parts: Promise<HostArray[]>[] = [];
  let numRows = 0;
  await platform().yield();
  for await (const batch of dataset.batches(0, { shuffle: false, ...(signal === undefined ? {} : { signal }) })) {
    checkAborted(signal, "predict");
    const rows = batch.x.shape[0] ?? 0;
    const numPadded = Math.max(rows, Math.min(dataset.batchSize, dataset.numSamples));
    const inputs = inputsOf(batch).map((input) => upload(padRows(input, numPadded)));
    const outputs = predictOnce(core, setup, inputs);
    const part = readRows(outputs, rows, numPadded);
    disposeAll([inputs, outputs]);
    parts.push(part);
    numRows += rows;
    await window.add(part);
    bar.update(parts.length, {});
    if (parts.length >= numSteps) break;
  }
  await window.drain();
  bar.finish(parts.length, {});
  const read = await Promise.all(parts);
  return core.network.outputTypes.map(({ shape }, place) =>
    joined(
      read.flatMap((part) => part[place] ?? []),
      [numRows, ...shape],
    ),
  );
}

/** The first rows of each output. @param numPadded rows that the outputs have */
async function readRows(outputs: readonly Tensor[], rows: number, numPadded: number): Promise<HostArray[]> {
  const values = await Promise.all(outputs.map((output) => output.data()));
  return values.map((all) => all.subarray(0, (all.length / Math.max(1, numPadded)) * rows));
}

/** The last, smaller batch gets zero rows, so that it needs no program of its own. */
function padRows(x: HostTensor, numRows: number): HostTensor {
  const [rows = 0, ...sample] = x.shape;
  if (rows >= numRows) return x;
  const length = numRows * sizeOf(sample);
  const data = x.data instanceof Float64Array ? new Float64Array(length) : hostArray(x.dtype, length);
  data.set(x.data);
  return { ...x, data, shape: [numRows, ...sample] };
}

function joined(parts: readonly HostArray[], shape: Shape): Tensor {
  const isDouble = parts.some((part) => part instanceof Float64Array);
  const values = isDouble ? new Float64Array(sizeOf(shape)) : new Float32Array(sizeOf(shape));
  let start = 0;
  for (const part of parts) {
    values.set(part, start);
    start += part.length;
  }
  return tensor(values, { shape });
}
