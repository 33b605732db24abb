import { type Activation } from "./activations.js";
import { type Padding } from "./conv.js";
import { type RecurrenceOptions, type RecurrentLayer } from "./recurrent.js";
import { type CellOptions } from "./recurrent-cell.js";
export interface ConvLstmOptions extends CellOptions, RecurrenceOptions {
  readonly filters: number;
  readonly kernelSize: number | readonly number[];
  readonly strides?: number | readonly number[];
  readonly padding?: Padding;
  readonly dilationRate?: number | readonly number[];
  readonly recurrentActivation?: Activation | null;
  readonly unitForgetBias?: boolean;
}
export declare function convLstm1d(options: ConvLstmOptions): RecurrentLayer;
export declare function convLstm2d(options: ConvLstmOptions): RecurrentLayer;
export declare function convLstm3d(options: ConvLstmOptions): RecurrentLayer;
