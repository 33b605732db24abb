import type { Shape } from "../../engine/base/shape.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Dataset } from "../data/dataset.js";
import type { Layer, Weights } from "../nn/layer.js";
import { type Network } from "../nn/network.js";
import { type SummaryOptions } from "../nn/summary.js";
import { type Given } from "./arguments.js";
import { type CompileOptions } from "./compile.js";
import { type EvaluateOptions } from "./evaluate.js";
import type { ExportOnnxOptions } from "./export-onnx.js";
import type { FitDatasetOptions } from "./fit-run.js";
import { type FindLearningRateOptions, type LearningRateCurve } from "./find-learning-rate.js";
import type { History } from "./history.js";
import type { Logs } from "./metric-states.js";
import { type ModelCore, type Preprocessing } from "./model-core.js";
import { type OnBatchOptions } from "./on-batch.js";
import { type PredictOptions } from "./predict.js";
import { type SaveOptions } from "./save.js";
import type { SeveralValues, Values } from "./several-values.js";
export interface FitOptions extends Omit<FitDatasetOptions, "validationData"> {
  readonly batchSize?: number;
  readonly sampleWeight?: Values | SeveralValues | undefined;
  readonly validationData?:
    | Dataset
    | readonly [x: Values | SeveralValues, y: Values | SeveralValues, sampleWeight?: Values | SeveralValues]
    | undefined;
  readonly validationSplit?: number;
}
export interface SequentialOptions {
  readonly name?: string;
  readonly seed?: number;
}
export declare function sequential(layers?: readonly (Layer | Model)[], options?: SequentialOptions): Model;
export declare class Model {
  #private;
  readonly name: string;
  constructor(plan: readonly Layer[] | Network, { name, seed }: SequentialOptions);
  get core(): ModelCore;
  get network(): Network;
  get preprocessing(): Preprocessing;
  set preprocessing(value: Preprocessing);
  get learningRate(): number;
  set learningRate(value: number);
  add(layer: Layer | Model): void;
  asLayer(options?: { readonly trainable?: boolean }): Layer;
  build(inputShape?: Shape): void;
  setTrainable(trainable: boolean, names?: readonly string[]): void;
  summary(options?: SummaryOptions): string;
  compile(options: CompileOptions): void;
  fit(dataset: Dataset, options?: FitOptions): Promise<History>;
  fit(x: Values | SeveralValues, y: Values | SeveralValues, options?: FitOptions): Promise<History>;
  findLearningRate(dataset: Dataset, options?: FindLearningRateOptions): Promise<LearningRateCurve>;
  evaluate(dataset: Dataset, options?: EvaluateOptions): Promise<Logs>;
  evaluate(x: Values | SeveralValues, y: Values | SeveralValues, options?: EvaluateOptions): Promise<Logs>;
  predict(data: Given, options?: PredictOptions): Promise<Tensor>;
  predictAll(data: Given, options?: PredictOptions): Promise<Tensor[]>;
  trainOnBatch(x: Values | SeveralValues, y: Values | SeveralValues, options?: OnBatchOptions): Promise<Logs>;
  explain(x: Values | SeveralValues, y?: Values | SeveralValues): Promise<string>;
  testOnBatch(x: Values | SeveralValues, y: Values | SeveralValues, options?: OnBatchOptions): Promise<Logs>;
  predictOnBatch(x: Values | SeveralValues): Promise<Tensor>;
  predictAllOnBatch(x: Values | SeveralValues): Promise<Tensor[]>;
  resetStates(): void;
  getWeights(): Promise<Tensor[]>;
  setWeights(weights: readonly Tensor[] | Weights): void;
  exportOnnx(path: string, options?: ExportOnnxOptions): Promise<void>;
  save(path: string, options?: SaveOptions): Promise<void>;
  saveWeights(path: string): Promise<void>;
  loadWeights(path: string): Promise<void>;
}
