import type { Callback } from "./callback.js";
export interface TimerOptions {
  readonly verbose?: 0 | 1;
}
export declare function timer(options?: TimerOptions): Callback;
