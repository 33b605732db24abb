// Writes what fit does as event files, which TensorBoard shows while it trains. Tags and folders are Keras's.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, type ConfigValue } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import type { HyperparameterValue, SummaryValue } from "#learning/formats/tfevents/event.ts";
import { EventWriter } from "#learning/formats/tfevents/event-writer.ts";
import { histogramSummary } from "#learning/formats/tfevents/make-summary.ts";
import { disposeAll } from "../dispose.ts";
import type { Logs } from "../metric-states.ts";
import type { Callback, FitContext } from "./callback.ts";
import { stateReader } from "./callback-state.ts";
import { graphOf } from "./network-graph.ts";
import { weightPictures } from "./weight-pictures.ts";

export interface TensorBoardOptions {
  /** The folder of the run; "logs" by default. Training writes into its `train`, validation into its `validation`. */
  readonly logDir?: string;
  /** Epochs between two histograms of every weight; 0, the default, writes none. */
  readonly histogramFreq?: number;
  /** Whether the network is written for the Graphs tab; true by default. */
  readonly writeGraph?: boolean;
  /** Whether weights are written as pictures with their histograms. */
  readonly writeImages?: boolean;
  readonly writeStepsPerSecond?: boolean;
  /**
   * "epoch" (default), "batch", or steps between two records of loss and metrics within an epoch. Metrics are at most 100 ms old
   * there, and missing until an epoch has lasted as long.
   */
  readonly updateFreq?: "epoch" | "batch" | number;
  /** What the run was begun with, for the HParams tab: `{ units: 16, optimizer: "adam" }`. */
  readonly hyperparameters?: Readonly<Record<string, HyperparameterValue>>;
}

const where = "tensorBoard";
const known = [
  "logDir",
  "histogramFreq",
  "writeGraph",
  "writeImages",
  "writeStepsPerSecond",
  "updateFreq",
  "hyperparameters",
];

/**
 * Writes event files for TensorBoard: `epoch_loss` and metrics, `epoch_learning_rate`, `evaluation_loss_vs_iterations`, with
 * `updateFreq` also `batch_loss`; histograms and pictures of weights; the network; hyperparameters. Epochs count from 0.
 * A run that goes on from a checkpoint cuts its files back to it.
 * @throws option
 * @source Keras 3, callbacks.TensorBoard
 * @example
 * await model.fit(data, { epochs: 5, callbacks: [callbacks.tensorBoard({ logDir: "logs/first", histogramFreq: 1 })] });
 */
export function tensorBoard(options: TensorBoardOptions = {}): Callback {
  checkOptions(where, options, known);
  const { logDir = "logs", histogramFreq = 0, updateFreq = "epoch", hyperparameters } = options;
  integer(where, "histogramFreq", histogramFreq, 0);
  if (updateFreq !== "epoch" && updateFreq !== "batch") integer(where, "updateFreq", updateFreq);
  if (typeof logDir !== "string" || logDir === "") {
    throw new SinterError("option", `${where}: logDir is empty. Give the path of a folder.`);
  }
  for (const [name, value] of Object.entries(hyperparameters ?? {})) {
    if (["string", "boolean", "number"].includes(typeof value)) continue;
    throw new SinterError("option", `${where}: hyperparameter ${name} is no number, text or boolean. Make it one.`);
  }
  return new TensorBoard({ ...options, logDir });
}

/** A folder of the run. */
type Part = "" | "train" | "validation";
const parts: readonly Part[] = ["", "train", "validation"];

class TensorBoard implements Callback {
  readonly writesFiles = true;
  readonly #options: TensorBoardOptions & { readonly logDir: string };
  readonly #writers = new Map<Part, EventWriter>();
  #epoch = { numSteps: 0, startMs: 0, batchMs: 0 };
  /** Of the whole run. */
  #numSteps = 0;
  /** Whether the files hold what the beginning of a run writes. */
  #isBegun = false;

  constructor(options: TensorBoardOptions & { readonly logDir: string }) {
    this.#options = options;
  }

  onTrainBegin(): void {
    this.#writers.clear();
    this.#numSteps = 0;
    this.#isBegun = false;
  }

  async onEpochBegin(_epoch: number, context: FitContext): Promise<void> {
    const now = platform().now();
    this.#epoch = { numSteps: 0, startMs: now, batchMs: now };
    await this.#begin(context);
  }

  /** Once a run, after what a checkpoint knows was taken back. */
  async #begin({ model }: FitContext): Promise<void> {
    if (this.#isBegun) return;
    this.#isBegun = true;
    const { writeGraph = true, hyperparameters } = this.#options;
    if (writeGraph) await this.#writer("train").graph(graphOf(model.network));
    if (hyperparameters !== undefined) await this.#writer("").hyperparameters(hyperparameters);
    await this.#flush();
  }

  async onTrainBatchEnd(_step: number, logs: Logs): Promise<void> {
    const { updateFreq = "epoch", writeStepsPerSecond = false } = this.#options;
    this.#numSteps += 1;
    this.#epoch.numSteps += 1;
    const frequency = updateFreq === "batch" ? 1 : updateFreq;
    const now = platform().now();
    const milliseconds = now - this.#epoch.batchMs;
    this.#epoch.batchMs = now;
    if (frequency === "epoch" || this.#numSteps % frequency !== 0) return;
    const speed = writeStepsPerSecond && milliseconds > 0 ? { stepsPerSecond: 1000 / milliseconds } : {};
    await this.#scalars("train", { ...logs, ...speed }, this.#numSteps, (name) => `batch_${name}`);
  }

  async onTestEnd(logs: Logs, { model }: FitContext): Promise<void> {
    await this.#scalars("validation", logs, model.core.iterations, (name) => `evaluation_${name}_vs_iterations`);
  }

  async onEpochEnd(epoch: number, logs: Logs, context: FitContext): Promise<void> {
    const { histogramFreq = 0, writeStepsPerSecond = false } = this.#options;
    const named = (name: string): string => `epoch_${name}`;
    const entries = Object.entries(logs).map(([name, value]) => ({ name, value, own: validationName(name) }));
    const validated = entries.flatMap(({ own, value }) => (own === undefined ? [] : [[own, value] as const]));
    const trained = entries.flatMap(({ own, name, value }) => (own === undefined ? [[name, value] as const] : []));
    const seconds = (platform().now() - this.#epoch.startMs) / 1000;
    const speed = writeStepsPerSecond && seconds > 0 ? { stepsPerSecond: this.#epoch.numSteps / seconds } : {};
    const { learningRate } = context.model;
    await this.#scalars("train", { ...Object.fromEntries(trained), learningRate, ...speed }, epoch, named);
    if (validated.length > 0) await this.#scalars("validation", Object.fromEntries(validated), epoch, named);
    if (histogramFreq > 0 && epoch % histogramFreq === 0) await this.#weights(epoch, context);
    await this.#flush();
  }

  async onTrainEnd(): Promise<void> {
    if (this.#options.hyperparameters !== undefined) {
      const endTime = Date.now() / 1000;
      await this.#writer("").write([{ kind: "sessionEnd", status: "success", endTime }], 0);
    }
    await this.#flush();
  }

  state(): ConfigValue {
    const places = [...this.#writers].map(([part, writer]) => ({ part, ...writer.place }));
    return { numSteps: this.#numSteps, isBegun: this.#isBegun ? 1 : 0, places };
  }

  async restore(state: ConfigValue): Promise<void> {
    const read = stateReader(where, state);
    this.#numSteps = read("numSteps") ?? 0;
    this.#isBegun = read("isBegun") === 1;
    for (const place of placesOf(state)) {
      const part = parts.find((one) => one === place["part"]);
      const { filename } = place;
      if (part === undefined || typeof filename !== "string") throw otherState();
      const writer = this.#writer(part);
      // oxlint-disable-next-line no-await-in-loop -- three small files
      await writer.goOn({ filename, numBytes: stateReader(where, place)("numBytes") ?? 0 });
    }
  }

  async #scalars(part: Part, logs: Logs, step: number, tagOf: (name: string) => string): Promise<void> {
    const values = Object.entries(logs).map(([name, value]): SummaryValue => {
      return { kind: "scalar", tag: tagOf(snakeCase(name)), value };
    });
    // One summary a number, as TensorFlow writes them.
    for (const value of values) await this.#writer(part).write([value], step);
    // A checkpoint after any step knows the files by their lengths.
    await this.#writer(part).flush();
  }

  async #weights(epoch: number, { model }: FitContext): Promise<void> {
    const { network, name } = model;
    const tensors = await model.getWeights();
    const writer = this.#writer("train");
    for (const [index, { path, shape }] of network.weights.entries()) {
      const values = await tensors[index]?.data();
      if (values === undefined) continue;
      const tag = network.isSequential ? `${name}/${path}` : path;
      await writer.write([histogramSummary(`${tag}/histogram`, values)], epoch);
      const pictures = this.#options.writeImages === true ? weightPictures(values, shape) : [];
      if (pictures.length > 0) await writer.images(`${tag}/image`, pictures, epoch);
    }
    disposeAll(tensors);
  }

  #writer(part: Part): EventWriter {
    const { separator } = platform().files;
    const found = this.#writers.get(part);
    if (found !== undefined) return found;
    const { logDir } = this.#options;
    const writer = new EventWriter(part === "" ? logDir : `${logDir}${separator}${part}`);
    this.#writers.set(part, writer);
    return writer;
  }

  async #flush(): Promise<void> {
    for (const writer of this.#writers.values()) await writer.flush();
  }
}

/** `valLoss` → `loss`; undefined for a number of training. */
function validationName(name: string): string | undefined {
  return /^val[A-Z]/.test(name) ? `${name.charAt(3).toLowerCase()}${name.slice(4)}` : undefined;
}

/** Keras's name: `meanAbsoluteError` → `mean_absolute_error`. */
function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter, at: number) => `${at === 0 ? "" : "_"}${letter.toLowerCase()}`);
}

function placesOf(state: ConfigValue): readonly { readonly [name: string]: ConfigValue }[] {
  const isRecord = (value: ConfigValue): value is { readonly [name: string]: ConfigValue } =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const places = isRecord(state) ? state["places"] : undefined;
  if (!Array.isArray(places)) throw otherState();
  return places.map((place: ConfigValue) => (isRecord(place) ? place : {}));
}

function otherState(): SinterError {
  return new SinterError(
    "format",
    `${where}: the state is of another callback. Restore it with the callbacks that the run was begun with.`,
  );
}
