import { type JsonObject } from "./run-folder.js";
export type RunState = "finished" | "stopped" | "unfinished" | "damaged";
export interface RunRecord {
  readonly run: string;
  readonly state: RunState;
  readonly reason: string | undefined;
  readonly startedMs: number | undefined;
  readonly model: string | undefined;
  readonly data: string | undefined;
  readonly numClasses: number | undefined;
  readonly epochsDone: number;
  readonly epochs: number | undefined;
  readonly bestEpoch: number | undefined;
  readonly valAccuracy: number | undefined;
  readonly testAccuracy: number | undefined;
}
export interface RunFacts {
  readonly config: JsonObject;
  readonly data: JsonObject | undefined;
  readonly environment: JsonObject | undefined;
  readonly evaluation: JsonObject | undefined;
  readonly history: readonly JsonObject[];
}
export declare function isRun(path: string): Promise<boolean>;
export declare function readRunRecord(run: string): Promise<RunRecord>;
export declare function readRunFacts(run: string): Promise<RunFacts>;
export declare function readJsonObject(path: string): Promise<JsonObject | undefined>;
