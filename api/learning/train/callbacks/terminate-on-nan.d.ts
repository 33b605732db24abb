import type { Callback } from "./callback.js";
export interface TerminateOnNaNOptions {
  readonly raiseError?: boolean;
}
export declare function terminateOnNaN(options?: TerminateOnNaNOptions): Callback;
