// What the frozen layers at the begin of a model give, computed once for every sample. Trains nothing.

import type { HostArray } from "#engine/base/dtype.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { jit } from "#engine/tensor/transforms.ts";
import { SinterError } from "#engine/base/error.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import type { SampleDataset } from "#learning/data/sample-dataset.ts";
import type { SampleSource } from "#learning/data/source.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { applyNetwork, sequentialNetwork, type Network, type PlacedLayer } from "#learning/nn/network.ts";
import { viewOf } from "./dataset-view.ts";
import type { DeviceBatch } from "./device-batch.ts";
import { disposeAll } from "./dispose.ts";
import { checkAborted } from "./evaluate.ts";
import { setupOfData, uploadBatch } from "./feed.ts";
import { allWeights, type ModelCore } from "./model-core.ts";
import { batchInputs } from "./step.ts";
import { StepWindow } from "./step-window.ts";

/** How features are computed. */
export interface FeatureOptions {
  /** Passes of augmentation; epoch after epoch takes the features of the next of them. */
  readonly variants: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: FeatureProgress) => void) | undefined;
}

/** Samples whose features are known, of all that are to be computed. */
export interface FeatureProgress {
  readonly done: number;
  readonly total: number;
}

/** Layers without weights that make what comes after frozen ones smaller, or only flat. */
const pooling: readonly string[] = [
  "flatten",
  "globalAveragePooling2d",
  "globalMaxPooling2d",
  "averagePooling2d",
  "maxPooling2d",
];
/** Kinds that compute otherwise when training. */
const chance = /^(?:rand|augMix|equalization|solarization|pipeline|gaussian|alphaDropout|dropout|spatialDropout)/;

/**
 * How many layers at the begin of layers in a row give the same however long the model is trained: the last of them that has
 * weights, all frozen, and pooling right behind it. 0 where there are none.
 */
export function numFrozenLayers({ layers, isSequential }: Network): number {
  if (!isSequential) return 0;
  const isMoving = ({ weights }: PlacedLayer): boolean =>
    weights.some(({ trainable, isCarried }) => trainable || isCarried === true);
  const first = layers.findIndex((one) => isMoving(one) || chance.test(one.layer.config.kind));
  const before = first === -1 ? layers : layers.slice(0, first);
  const numWeighted = before.findLastIndex(({ weights }) => weights.length > 0) + 1;
  if (numWeighted === 0) return 0;
  const behind = before.slice(numWeighted).findIndex(({ layer }) => !pooling.includes(layer.config.kind));
  return behind === -1 ? before.length : numWeighted + behind;
}

/**
 * The data set of which the first layers have made features: as predictions they are computed, of augmented pictures as often
 * as there are to be variants.
 * @throws option for augmentation that mixes samples; aborted when the signal fires
 */
export async function featureDataset(
  core: ModelCore,
  numLayers: number,
  dataset: SampleDataset,
  { variants: wanted, signal, onProgress }: FeatureOptions,
): Promise<Dataset> {
  const { augment } = dataset;
  if (augment?.mixup !== undefined || augment?.cutmix !== undefined) {
    throw new SinterError(
      "option",
      "trainHead: mixup and cutmix change labels with the pictures. Leave them out of augment.",
    );
  }
  const numVariants = augment === undefined ? 1 : wanted;
  const total = dataset.numSamples * numVariants;
  const compute = featureStep(core, numLayers, dataset);
  const variants: SampleDataset[] = [];
  for (let epoch = 0; epoch < numVariants; epoch += 1) {
    const tell = (done: number): void => onProgress?.({ done: epoch * dataset.numSamples + done, total });
    variants.push(dataset.withValues(await computeVariant(compute, dataset, epoch, { signal, tell })));
  }
  const [first = dataset] = variants;
  return viewOf(first, {
    batches: (epoch, options) => (variants[epoch % numVariants] ?? first).batches(epoch, options),
  });
}

interface FeatureStep {
  readonly shape: readonly number[];
  readonly run: (batch: DeviceBatch) => Tensor;
}

/** The first layers as one program. */
function featureStep(core: ModelCore, numLayers: number, dataset: Dataset): FeatureStep {
  const network = sequentialNetwork(core.network.layers.slice(0, numLayers).map(({ layer }) => layer));
  const all = allWeights(core);
  const values = core.network.layers.slice(0, numLayers).flatMap(({ weights }) => weights.map(({ path }) => all[path]));
  const weights: Weights = Object.fromEntries(
    network.weights.flatMap(({ path }, place) => {
      const value = values[place];
      return value === undefined ? [] : [[path, value]];
    }),
  );
  const setup = setupOfData(dataset, true);
  const step = jit(
    (given: Weights, batch: DeviceBatch) =>
      applyNetwork(network, given, batchInputs(setup, batch), { training: false }).output,
    { constant: [0] },
  );
  return { shape: network.output.shape, run: (batch) => step(weights, batch) };
}

/** The features of every sample, changed as in this epoch, by its number in the source. */
async function computeVariant(
  { shape, run }: FeatureStep,
  dataset: SampleDataset,
  epoch: number,
  { signal, tell }: { readonly signal: AbortSignal | undefined; readonly tell: (done: number) => void },
): Promise<SampleSource> {
  const size = sizeOf(shape);
  const rows = new Map<number, HostArray>();
  const window = new StepWindow();
  const keep = async (output: Tensor, indices: readonly number[]): Promise<void> => {
    const values = await output.data();
    output.dispose();
    indices.forEach((position, row) => {
      rows.set(dataset.sourceIndex(position), Float32Array.from(values.subarray(row * size, (row + 1) * size)));
    });
    tell(rows.size);
  };
  const once = dataset.with({ oversample: undefined });
  for await (const batch of once.batches(epoch, { shuffle: false, ...(signal === undefined ? {} : { signal }) })) {
    checkAborted(signal, "trainHead");
    const given = uploadBatch(batch, dataset, epoch, true);
    const output = run(given);
    disposeAll(given);
    await window.add(keep(output, batch.indices));
  }
  await window.drain();
  return { numSamples: rows.size, elementShape: shape, dtype: "f32", read: (index) => rows.get(index) };
}
