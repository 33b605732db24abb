import { type RunRecord } from "./run-record.js";
import type { JsonObject } from "./run-folder.js";
export interface RunFile {
  readonly name: string;
  readonly bytes: number;
}
export interface RunReport {
  readonly record: RunRecord;
  readonly config: JsonObject;
  readonly data: JsonObject | undefined;
  readonly environment: JsonObject | undefined;
  readonly scores: JsonObject | undefined;
  readonly network:
    | {
        readonly summary: string;
        readonly numWeights: number;
        readonly numLayers: number;
      }
    | undefined;
  readonly files: readonly RunFile[];
}
export declare function inspectRun(run: string): Promise<RunReport>;
