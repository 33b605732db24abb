import type { Tensor } from "../../engine/tensor/tensor.js";
import { type Activation } from "./activations.js";
import {
  type Cell,
  type CellConfig,
  type CellLayer,
  type CellOptions,
  type CellResult,
  type GateOptions,
} from "./recurrent-cell.js";
export interface LstmCellOptions extends CellOptions, GateOptions {
  readonly units: number;
  readonly unitForgetBias?: boolean;
}
export declare const lstmOptions: readonly string[];
export type LstmConfig = CellConfig & {
  readonly units: number;
  readonly recurrentActivation: Activation;
  readonly unitForgetBias: boolean;
};
export declare function checkLstm(where: string, options: LstmCellOptions): LstmConfig;
export declare function lstmCell(options: LstmCellOptions): CellLayer;
export declare function lstmCellOf(config: LstmConfig): Cell;
export declare function withForgetBias(config: CellConfig & Pick<LstmConfig, "unitForgetBias">): CellConfig;
export declare function recurrentProduct(h: Tensor, kernel: Tensor, factors: readonly Tensor[] | undefined): Tensor;
export declare function remember(
  { activation, recurrentActivation }: Pick<LstmConfig, "activation" | "recurrentActivation">,
  sums: Tensor,
  c: Tensor,
): CellResult;
