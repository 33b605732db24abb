import { type Layer, type LayerOptions } from "./layer.js";
import { type RecurrenceOptions, type RecurrentLayer } from "./recurrent.js";
import { type CellLayer } from "./recurrent-cell.js";
export interface RnnOptions extends RecurrenceOptions {
  readonly cell: Layer | readonly Layer[];
}
export declare function rnn(options: RnnOptions): RecurrentLayer;
export interface StackedRnnCellsOptions extends LayerOptions {
  readonly cells: readonly Layer[];
}
export declare function stackedRnnCells(options: StackedRnnCellsOptions): CellLayer;
