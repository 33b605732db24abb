import { type TextOutput } from "../../engine/platform/api.js";
import type { Logs } from "./metric-states.js";
export type Verbose = 0 | 1 | 2;
export declare function outputOf({ output }: { readonly output?: TextOutput | undefined }): TextOutput | undefined;
export declare class ProgressBar {
  #private;
  constructor(output: TextOutput | undefined, verbose: Verbose, target: number, now: () => number);
  update(done: number, logs: Logs): void;
  finish(done: number, logs: Logs): void;
}
