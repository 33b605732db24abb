import type { Callback } from "./callback.js";
export interface CsvLoggerOptions {
  readonly filename: string;
  readonly separator?: string;
  readonly append?: boolean;
}
export interface JsonlLoggerOptions {
  readonly filename: string;
  readonly append?: boolean;
}
export declare function csvLogger(options: CsvLoggerOptions): Callback;
export declare function jsonlLogger(options: JsonlLoggerOptions): Callback;
