import type { ConfigValue } from "../../engine/base/options.js";
import type { Shape } from "../../engine/base/shape.js";
import { type StoredTensor } from "../formats/safetensors.js";
import type { MetricStates } from "./step.js";
export interface FitPosition {
  readonly epoch: number;
  readonly step: number;
  readonly data: {
    readonly epoch: number;
    readonly step: number;
  };
  readonly running: {
    readonly sum: number;
    readonly count: number;
  };
  readonly metrics: MetricStates | undefined;
  readonly labelShapes: readonly Shape[] | null;
  readonly isStopped: boolean;
  readonly history: {
    readonly epoch: readonly number[];
    readonly history: Readonly<Record<string, readonly number[]>>;
  };
}
export type FitIdentity = Readonly<Record<string, string | number | boolean>>;
export interface CheckpointState extends Omit<FitPosition, "metrics"> {
  readonly identity: FitIdentity;
  readonly iterations: number;
  readonly learningRate: number | null;
  readonly callbacks: readonly ConfigValue[];
  readonly best: {
    readonly checkpoint: string;
    readonly sha256: string;
  } | null;
}
export declare const stateFiles: {
  readonly state: "state.json";
  readonly metrics: "metrics.safetensors";
};
export declare function encodeState(state: CheckpointState): string;
export declare function decodeState(bytes: Uint8Array): CheckpointState;
export declare function encodeMetrics(states: MetricStates | undefined): Promise<Uint8Array | undefined>;
export declare function decodeMetrics(bytes: Uint8Array | undefined): MetricStates | undefined;
export declare function tensorsOf(bytes: Uint8Array): ReadonlyMap<string, StoredTensor>;
