import { type Optimizer, type OptimizerOptions } from "./optimizer.js";
export interface MuonOptions extends OptimizerOptions {
  readonly adamBeta1?: number;
  readonly adamBeta2?: number;
  readonly adamWeightDecay?: number | null;
  readonly epsilon?: number;
  readonly excludeLayers?: readonly string[] | null;
  readonly excludeEmbeddings?: boolean;
  readonly muonA?: number;
  readonly muonB?: number;
  readonly muonC?: number;
  readonly adamLrRatio?: number;
  readonly momentum?: number;
  readonly nsSteps?: number;
  readonly nesterov?: boolean;
  readonly rmsRate?: number | null;
}
export declare function muon(options?: MuonOptions): Optimizer;
