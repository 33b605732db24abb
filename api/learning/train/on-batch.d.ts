import { type Shape } from "../../engine/base/shape.js";
import { type Tensor } from "../../engine/tensor/tensor.js";
import type { Weights } from "../nn/layer.js";
import type { DeviceBatch } from "./device-batch.js";
import { type Receiver } from "./feed.js";
import { type Logs } from "./metric-states.js";
import { type DataSetup, type ModelCore } from "./model-core.js";
import { type SeveralValues, type Values } from "./several-values.js";
export interface Input {
  readonly inputs: readonly Tensor[];
  readonly setup: DataSetup;
  readonly own: readonly Tensor[];
}
export interface LabelledInput extends Omit<Input, "inputs"> {
  readonly batch: DeviceBatch;
  readonly labels: readonly Shape[];
}
export declare function inputOf({ preprocessing, names }: Receiver, values: Values | SeveralValues): Promise<Input>;
export interface OnBatchOptions {
  readonly sampleWeight?: Values | SeveralValues | undefined;
}
export declare function batchOf(
  receiver: Receiver,
  x: Values | SeveralValues,
  y: Values | SeveralValues,
  options?: OnBatchOptions,
): Promise<LabelledInput>;
export declare function trainBatch(core: ModelCore, { batch, setup, labels, own }: LabelledInput): Promise<Logs>;
export declare function explainPrediction(core: ModelCore, { inputs, setup, own }: Input): Promise<string>;
export declare function explainBatch(core: ModelCore, { batch, setup, labels, own }: LabelledInput): Promise<string>;
export declare function testBatch(core: ModelCore, { batch, setup, labels, own }: LabelledInput): Promise<Logs>;
export declare function predictBatch(core: ModelCore, { inputs, setup, own }: Input): Promise<Tensor[]>;
export declare function copyWeights(core: ModelCore): Promise<Tensor[]>;
export declare function replaceWeights(core: ModelCore, given: readonly Tensor[] | Weights): void;
