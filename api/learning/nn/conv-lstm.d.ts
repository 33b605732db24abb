import { type Padding } from "./conv.js";
import { type SpatialOptions } from "./layer.js";
import { type RecurrenceOptions, type RecurrentLayer } from "./recurrent.js";
import { type CellOptions, type GateOptions } from "./recurrent-cell.js";
export interface ConvLstmOptions extends CellOptions, GateOptions, RecurrenceOptions, SpatialOptions {
  readonly filters: number;
  readonly kernelSize: number | readonly number[];
  readonly strides?: number | readonly number[];
  readonly padding?: Padding;
  readonly dilationRate?: number | readonly number[];
  readonly unitForgetBias?: boolean;
}
export declare function convLstm1d(options: ConvLstmOptions): RecurrentLayer;
export declare function convLstm2d(options: ConvLstmOptions): RecurrentLayer;
export declare function convLstm3d(options: ConvLstmOptions): RecurrentLayer;
