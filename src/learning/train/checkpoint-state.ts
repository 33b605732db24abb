// What a checkpoint holds of fit beside the model: the place, the numbers of the epoch so far, the history, what callbacks
// remember. Values to bytes and back; no disk.

import { messageOf, SinterError } from "#engine/base/error.ts";
import type { ConfigValue } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "#learning/formats/safetensors.ts";
import type { MetricState } from "./metrics.ts";
import { storedTensor } from "./save.ts";
import type { MetricStates } from "./step.ts";

/** Where fit stands between two steps, or between two epochs. */
export interface FitPosition {
  /** From 0. */
  readonly epoch: number;
  /** Steps done in the epoch. */
  readonly step: number;
  /** The next batch: a place in the data set's own epochs. */
  readonly data: { readonly epoch: number; readonly step: number };
  /** The loss of the epoch so far: its sum over samples, and their number. */
  readonly running: { readonly sum: number; readonly count: number };
  /** What the metrics have counted in the epoch; undefined before its first step. */
  readonly metrics: MetricStates | undefined;
  /** Of a batch's labels, by target, which the metrics are bound to; null before the first step. */
  readonly labelShapes: readonly Shape[] | null;
  /** Whether training was ended before its last epoch. */
  readonly isStopped: boolean;
  readonly history: {
    readonly epoch: readonly number[];
    readonly history: Readonly<Record<string, readonly number[]>>;
  };
}

/** What must be equal for training to go on from a checkpoint. */
export type FitIdentity = Readonly<Record<string, string | number | boolean>>;

/** All that state.json holds. */
export interface CheckpointState extends Omit<FitPosition, "metrics"> {
  readonly identity: FitIdentity;
  /** Updates done: with the seed, the state of every random number and of the schedule. */
  readonly iterations: number;
  /** Set while training, in place of the optimizer's own; null where none was set. */
  readonly learningRate: number | null;
  /** One for each callback. */
  readonly callbacks: readonly ConfigValue[];
  /** The checkpoint of the best epoch so far, and the SHA-256 of its weights. */
  readonly best: { readonly checkpoint: string; readonly sha256: string } | null;
}

/** Files of a checkpoint that this file writes and reads. */
export const stateFiles = { state: "state.json", metrics: "metrics.safetensors" } as const;

const format = "sinter-fit-state";
const version = 1;

/** The text of state.json. */
export function encodeState(state: CheckpointState): string {
  return `${JSON.stringify({ format, version, ...state }, writeNumber, 2)}\n`;
}

/**
 * The state in a verified state.json.
 * @throws format when it is of a newer version, or was not written by `encodeState`
 */
export function decodeState(bytes: Uint8Array): CheckpointState {
  try {
    const state: CheckpointState & { format?: unknown; version?: unknown } = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(bytes),
      readNumber,
    );
    if (state.format === format && state.version === version && hasPlace(state)) return state;
  } catch (error) {
    throw foreign(messageOf(error));
  }
  throw foreign("another format or version");
}

/** The fields that everything else depends on; the rest was confirmed by the manifest. */
function hasPlace({ epoch, step, data, iterations, callbacks, history, running, identity }: CheckpointState): boolean {
  const counts = [epoch, step, data.epoch, data.step, iterations, running.count];
  return (
    counts.every((count) => Number.isSafeInteger(count) && count >= 0) &&
    Array.isArray(callbacks) &&
    Array.isArray(history.epoch) &&
    typeof identity === "object"
  );
}

function foreign(what: string): SinterError {
  return new SinterError(
    "format",
    `${stateFiles.state}: ${what}, expected version ${version} of ${format}. Use the version of sinter that wrote it.`,
  );
}

/** JSON has neither NaN nor infinities nor -0. */
function writeNumber(_name: string, value: unknown): unknown {
  if (typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return { number: Object.is(value, -0) ? "-0" : String(value) };
}

function readNumber(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("number" in value)) return value;
  const isAlone = Object.keys(value).length === 1 && typeof value.number === "string";
  return isAlone ? Number(value.number) : value;
}

/** The counts of the metrics as a file; undefined where there are none. */
export async function encodeMetrics(states: MetricStates | undefined): Promise<Uint8Array | undefined> {
  if (states === undefined) return undefined;
  const entries = Object.entries(states).flatMap(([metric, parts]) =>
    Object.entries(parts).map(([part, value]) => [`${metric}/${part}`, value] as const),
  );
  const stored = await Promise.all(entries.map(async ([name, value]) => [name, await storedTensor(value)] as const));
  return encodeSafetensors(stored);
}

/** The counts of the metrics on the device. */
export function decodeMetrics(bytes: Uint8Array | undefined): MetricStates | undefined {
  if (bytes === undefined) return undefined;
  const states: Record<string, Record<string, MetricState[string]>> = {};
  for (const [name, { data, shape, dtype }] of decodeSafetensors(bytes).tensors) {
    const [metric, part] = splitName(name);
    (states[metric] ??= {})[part] = tensor(data, { shape, dtype });
  }
  return states;
}

/** Names of parts have no slash. */
function splitName(name: string): [metric: string, part: string] {
  const slash = name.lastIndexOf("/");
  return [name.slice(0, slash), name.slice(slash + 1)];
}

/** The tensors of a checkpoint's model. */
export function tensorsOf(bytes: Uint8Array): ReadonlyMap<string, StoredTensor> {
  return decodeSafetensors(bytes).tensors;
}
