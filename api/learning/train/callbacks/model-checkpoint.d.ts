import { type Callback, type MonitorOptions } from "./callback.js";
export interface ModelCheckpointOptions extends MonitorOptions {
  readonly filepath: string;
  readonly saveBestOnly?: boolean;
  readonly saveFreq?: "epoch" | number;
  readonly initialValueThreshold?: number | null;
  readonly verbose?: 0 | 1;
}
export declare function modelCheckpoint(options: ModelCheckpointOptions): Callback;
