import type { Logs } from "./metric-states.js";
export declare class History {
  readonly history: Record<string, number[]>;
  readonly epoch: number[];
  add(epoch: number, logs: Logs): void;
}
