import { type Cell, type CellConfig, type CellLayer, type CellOptions } from "./recurrent-cell.js";
export interface SimpleRnnCellOptions extends CellOptions {
  readonly units: number;
}
export declare const simpleRnnOptions: readonly string[];
export type SimpleRnnConfig = CellConfig & {
  readonly units: number;
};
export declare function checkSimpleRnn(where: string, options: SimpleRnnCellOptions): SimpleRnnConfig;
export declare function simpleRnnCell(options: SimpleRnnCellOptions): CellLayer;
export declare function simpleRnnCellOf(config: SimpleRnnConfig): Cell;
