import { type Activation } from "./activations.js";
import { type Cell, type CellConfig, type CellLayer, type CellOptions, type GateOptions } from "./recurrent-cell.js";
export interface GruCellOptions extends CellOptions, GateOptions {
  readonly units: number;
  readonly resetAfter?: boolean;
}
export declare const gruOptions: readonly string[];
export type GruConfig = CellConfig & {
  readonly units: number;
  readonly recurrentActivation: Activation;
  readonly resetAfter: boolean;
};
export declare function checkGru(where: string, options: GruCellOptions): GruConfig;
export declare function gruCell(options: GruCellOptions): CellLayer;
export declare function gruCellOf(config: GruConfig): Cell;
