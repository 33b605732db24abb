// Checkpoints of fit: when one is due, what goes into it, and how a model goes on from one. The bits of a run that goes on
// are those of a run that never stopped.

import { messageOf, SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, type ConfigValue } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import type { Callback, FitContext } from "./callbacks/callback.ts";
import {
  checkpointName,
  listCheckpoints,
  newestCheckpoint,
  pruneCheckpoints,
  readCheckpoint,
  writeCheckpoint,
  type VerifiedCheckpoint,
} from "./checkpoint-folder.ts";
import type { ClassWeight } from "./class-weight.ts";
import {
  decodeMetrics,
  decodeState,
  encodeMetrics,
  encodeState,
  stateFiles,
  tensorsOf,
  type CheckpointState,
  type FitIdentity,
  type FitPosition,
} from "./checkpoint-state.ts";
import { compiledOf, type ModelCore } from "./model-core.ts";
import type { Objective } from "./objectives.ts";
import { encodeModel, modelFiles, restoreOptimizer, restoreWeights } from "./save.ts";

/** Where and when fit writes checkpoints. When the folder has one of the same training, fit goes on from it. */
export interface CheckpointOptions {
  /** Made when missing. It belongs to one training. */
  readonly folder: string;
  /** Steps between two checkpoints within an epoch; one every 5 minutes when left out. Each epoch ends with one too. */
  readonly everySteps?: number | undefined;
  /** Newest checkpoints that stay, beside that of the best epoch; 2 by default. */
  readonly keep?: number | undefined;
  /** Whether the epoch that has just ended is the best so far: its checkpoint stays. */
  readonly isBest?: (() => boolean) | undefined;
  /** Hears of a checkpoint that could not be written, after which training goes on, and of damaged ones. */
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Hears of every checkpoint before its first byte is written. */
  readonly onSaving?: ((name: string) => void) | undefined;
  /** Hears of every checkpoint that is whole on disk. */
  readonly onSaved?: ((name: string) => void) | undefined;
  /** Hears of the place that training goes on from: epochs done, and steps of the next. */
  readonly onRestored?: ((place: { readonly epoch: number; readonly step: number }) => void) | undefined;
}

const known = ["folder", "everySteps", "keep", "isBest", "onWarning", "onSaving", "onSaved", "onRestored"];
const defaultIntervalMs = 5 * 60_000;

/** What the checkpoints of one fit are made of. */
export interface CheckpointRequest {
  readonly core: ModelCore;
  readonly modelName: string;
  readonly dataset: Dataset;
  readonly steps: number;
  /** Of the run's random numbers. */
  readonly seed: number;
  readonly callbacks: readonly Callback[];
  readonly classWeight?: ClassWeight | undefined;
}

/** Writes the checkpoints of a fit, and finds the one to go on from. */
export class Checkpoints {
  readonly #options: CheckpointOptions;
  readonly #request: CheckpointRequest;
  readonly #numKept: number;
  #best: CheckpointState["best"] = null;
  #savedAt: number;
  #lastSaved: string | undefined;

  /** @throws option */
  constructor(options: CheckpointOptions, request: CheckpointRequest) {
    checkOptions("checkpoints", options, known);
    if (options.everySteps !== undefined) integer("checkpoints", "everySteps", options.everySteps);
    this.#numKept = integer("checkpoints", "keep", options.keep ?? 2);
    this.#options = options;
    this.#request = request;
    this.#savedAt = platform().now();
  }

  /**
   * Puts the newest good checkpoint into the model and the callbacks.
   * @returns where to go on; undefined where there is no checkpoint
   * @throws format when it is of another model or training
   */
  async restore(context: FitContext): Promise<FitPosition | undefined> {
    const { folder, onWarning, onRestored } = this.#options;
    const { newest, damaged } = await newestCheckpoint(folder);
    for (const { reason } of damaged) onWarning?.(reason);
    if (newest === undefined) return undefined;
    const state = stateOf(newest);
    this.#checkIdentity(newest.name, state.identity);
    this.#restoreModel(newest, state);
    this.#best = state.best;
    this.#lastSaved = newest.name;
    await restoreCallbacks(this.#request.callbacks, state.callbacks, context);
    onRestored?.({ epoch: state.epoch, step: state.step });
    return { ...state, metrics: decodeMetrics(newest.files.get(stateFiles.metrics)) };
  }

  /** Whether a checkpoint is to be written within an epoch. @param step steps done */
  isDue(step: number): boolean {
    const { everySteps } = this.#options;
    if (everySteps !== undefined) return step % everySteps === 0;
    return platform().now() - this.#savedAt >= defaultIntervalMs;
  }

  /** Writes a checkpoint between two steps. When it cannot be written that is said, and the older ones stay. */
  async save(position: FitPosition): Promise<void> {
    await this.#save(position, false);
  }

  /** Writes the checkpoint of an epoch that has ended. @param position the begin of the next epoch */
  async saveEpoch(position: FitPosition): Promise<void> {
    await this.#save(position, this.#options.isBest?.() === true);
  }

  /** Copies of the weights at the end of an epoch (from 0), where its checkpoint is still there. */
  async weightsOfEpoch(epoch: number): Promise<readonly Tensor[] | undefined> {
    const { folder } = this.#options;
    const name = checkpointName(epoch + 1, 0);
    if (!(await listCheckpoints(folder)).includes(name)) return undefined;
    const stored = tensorsOf(fileOf({ name, files: await readCheckpoint(folder, name) }, modelFiles.weights));
    return this.#request.core.network.weights.flatMap(({ path }) => {
      const found = stored.get(path);
      return found === undefined ? [] : [tensor(found.data, { shape: found.shape, dtype: found.dtype })];
    });
  }

  async #save(position: FitPosition, isBest: boolean): Promise<void> {
    const { folder, onSaving, onSaved, onWarning } = this.#options;
    const name = checkpointName(position.epoch, position.step);
    // A failed try is not repeated with every step either.
    this.#savedAt = platform().now();
    if (name === this.#lastSaved) return;
    try {
      const files = await this.#encode(position, isBest ? name : undefined);
      onSaving?.(name);
      await writeCheckpoint(folder, name, files);
      await pruneCheckpoints(folder, this.#numKept, this.#needed());
    } catch (error) {
      if (!(error instanceof SinterError) || error.code !== "file") throw error;
      onWarning?.(`A checkpoint could not be written, and training goes on without it. ${messageOf(error)}`);
      return;
    }
    this.#lastSaved = name;
    onSaved?.(name);
  }

  /** Checkpoints that stay however old they are. */
  #needed(): string[] {
    const epochs = this.#request.callbacks.map((callback) => callback.neededEpoch?.());
    const names = epochs.flatMap((epoch) => (epoch === undefined ? [] : [checkpointName(epoch + 1, 0)]));
    return this.#best === null ? names : [...names, this.#best.checkpoint];
  }

  async #encode(position: FitPosition, bestName: string | undefined): Promise<ReadonlyMap<string, Uint8Array>> {
    const { core, modelName, callbacks } = this.#request;
    const { metrics, ...place } = position;
    const { description, weights, graph } = await encodeModel(core, modelName, {});
    const counted = await encodeMetrics(metrics);
    if (bestName !== undefined) this.#best = { checkpoint: bestName, sha256: await platform().sha256(weights) };
    const state = encodeState({
      ...place,
      identity: this.#identity(),
      iterations: core.iterations,
      learningRate: core.learningRate ?? null,
      callbacks: callbacks.map((callback) => callback.state?.() ?? null),
      best: this.#best,
    });
    return new Map([
      [modelFiles.weights, weights],
      [modelFiles.description, description],
      ...(graph === undefined ? [] : [[modelFiles.graph, graph] as const]),
      [stateFiles.state, new TextEncoder().encode(state)],
      ...(counted === undefined ? [] : [[stateFiles.metrics, counted] as const]),
    ]);
  }

  #restoreModel(checkpoint: VerifiedCheckpoint, state: CheckpointState): void {
    const { core } = this.#request;
    const tensors = tensorsOf(fileOf(checkpoint, modelFiles.weights));
    restoreWeights(core, tensors);
    restoreOptimizer(core, tensors);
    core.iterations = state.iterations;
    core.learningRate = state.learningRate ?? undefined;
  }

  #identity(): FitIdentity {
    const { core, dataset, steps, seed, classWeight } = this.#request;
    const { optimizer, objectives, mixedPrecision } = compiledOf(core, "fit");
    return {
      layers: JSON.stringify(core.network.layers.map(({ layer, name }) => [name, layer.config])),
      optimizer: JSON.stringify(optimizer.config),
      loss: JSON.stringify({ ...lossesOf(objectives), classWeight }),
      metrics: JSON.stringify(objectives.flatMap(({ metrics }) => metrics.map(({ config }) => config))),
      ...(mixedPrecision === undefined ? {} : { mixedPrecision }),
      seed,
      steps,
      batchSize: dataset.batchSize,
      numSamples: dataset.numSamples,
      numBatches: dataset.numBatches,
      dataSeed: dataset.seed,
    };
  }

  #checkIdentity(name: string, stored: FitIdentity): void {
    const own = this.#identity();
    const other = Object.keys({ ...own, ...stored }).filter((part) => own[part] !== stored[part]);
    if (other.length === 0) return;
    throw new SinterError(
      "format",
      `fit: checkpoint "${name}" in "${this.#options.folder}" is of another training: its ${other.join(", ")} differ. ` +
        "Train with what it was written with, or give another folder.",
      { folder: this.#options.folder, differ: other },
    );
  }
}

/** The state that a checkpoint holds. @throws format */
export function stateOf(checkpoint: VerifiedCheckpoint): CheckpointState {
  return decodeState(fileOf(checkpoint, stateFiles.state));
}

function fileOf({ name, files }: VerifiedCheckpoint, file: string): Uint8Array {
  const bytes = files.get(file);
  if (bytes !== undefined) return bytes;
  throw new SinterError("format", `Checkpoint "${name}" has no ${file}. Use the version of sinter that wrote it.`);
}

/** What the losses are, as text keeps it; of one output the loss alone. */
function lossesOf(objectives: readonly Objective[]): object {
  const [first, ...others] = objectives;
  const isPlain = others.length === 0 && first?.output === 0 && first.weight === 1;
  if (isPlain) return first.loss;
  return { losses: objectives.map(({ name, loss, weight }) => ({ name, loss, weight })) };
}

async function restoreCallbacks(
  callbacks: readonly Callback[],
  states: readonly ConfigValue[],
  context: FitContext,
): Promise<void> {
  if (callbacks.length !== states.length) {
    throw new SinterError(
      "format",
      `fit: the checkpoint was written with ${states.length} callbacks, ${callbacks.length} are given. Give the same ones.`,
    );
  }
  for (const [index, callback] of callbacks.entries()) {
    const state = states[index];
    if (state !== null && state !== undefined) await callback.restore?.(state, context);
  }
}
