import { type Callback, type MonitorOptions } from "./callback.js";
export interface ReduceLROnPlateauOptions extends MonitorOptions {
  readonly factor?: number;
  readonly patience?: number;
  readonly minDelta?: number;
  readonly cooldown?: number;
  readonly minLr?: number;
  readonly verbose?: 0 | 1;
}
export declare function reduceLROnPlateau(options?: ReduceLROnPlateauOptions): Callback;
