import { type ConfigValue } from "../../engine/base/options.js";
import { type GruCellOptions } from "./gru-cell.js";
import { type Layer, type LayerOptions } from "./layer.js";
import { type LstmCellOptions } from "./lstm-cell.js";
import { type Cell } from "./recurrent-cell.js";
import { type SimpleRnnCellOptions } from "./simple-rnn-cell.js";
export interface RecurrenceOptions extends LayerOptions {
  readonly returnSequences?: boolean;
  readonly returnState?: boolean;
  readonly goBackwards?: boolean;
  readonly stateful?: boolean;
  readonly batchSize?: number | undefined;
  readonly zeroOutputForMask?: boolean;
  readonly unroll?: boolean;
}
export type Recurrence = {
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly batchSize: number | undefined;
  readonly zeroOutputForMask: boolean;
  readonly unroll: boolean;
};
export interface RecurrentLayer extends Layer {
  readonly recurrence: Recurrence;
  withRecurrence(
    changes: Partial<Recurrence> & {
      readonly name?: string;
    },
  ): RecurrentLayer;
}
export interface LstmOptions extends LstmCellOptions, RecurrenceOptions {}
export interface GruOptions extends GruCellOptions, RecurrenceOptions {}
export interface SimpleRnnOptions extends SimpleRnnCellOptions, RecurrenceOptions {}
export declare function lstm(options: LstmOptions): RecurrentLayer;
export declare function gru(options: GruOptions): RecurrentLayer;
export declare function simpleRnn(options: SimpleRnnOptions): RecurrentLayer;
export interface RecurrentParts {
  readonly kind: string;
  readonly className: string;
  readonly known: readonly string[];
  readonly config: {
    readonly [name: string]: ConfigValue;
  };
  readonly numSpatialAxes?: number;
}
export declare function recurrent(cell: Cell, options: RecurrenceOptions, parts: RecurrentParts): RecurrentLayer;
