import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Dataset } from "../data/dataset.js";
import type { Callback, FitContext } from "./callbacks/callback.js";
import { type VerifiedCheckpoint } from "./checkpoint-folder.js";
import type { ClassWeight } from "./class-weight.js";
import { type CheckpointState, type FitPosition } from "./checkpoint-state.js";
import { type ModelCore } from "./model-core.js";
export interface CheckpointOptions {
  readonly folder: string;
  readonly everySteps?: number | undefined;
  readonly keep?: number | undefined;
  readonly isBest?: (() => boolean) | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
  readonly onSaving?: ((name: string) => void) | undefined;
  readonly onSaved?: ((name: string) => void) | undefined;
  readonly onRestored?: ((place: { readonly epoch: number; readonly step: number }) => void) | undefined;
}
export interface CheckpointRequest {
  readonly core: ModelCore;
  readonly modelName: string;
  readonly dataset: Dataset;
  readonly steps: number;
  readonly seed: number;
  readonly callbacks: readonly Callback[];
  readonly classWeight?: ClassWeight | undefined;
}
export declare class Checkpoints {
  #private;
  constructor(options: CheckpointOptions, request: CheckpointRequest);
  restore(context: FitContext): Promise<FitPosition | undefined>;
  isDue(step: number): boolean;
  save(position: FitPosition): Promise<void>;
  saveEpoch(position: FitPosition): Promise<void>;
  weightsOfEpoch(epoch: number): Promise<readonly Tensor[] | undefined>;
}
export declare function stateOf(checkpoint: VerifiedCheckpoint): CheckpointState;
