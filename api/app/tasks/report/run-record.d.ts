import type { JsonObject } from "../run-folder.js";
import { type RunFacts } from "../run-record.js";
export declare const resourcesFile = "resources.json";
export interface EpochRecord {
  readonly epoch: number;
  readonly isBest: boolean;
  readonly values: Readonly<Record<string, number>>;
}
export interface RunRecord extends Pick<RunFacts, "config" | "data" | "evaluation"> {
  readonly path: string;
  readonly environment: JsonObject;
  readonly history: readonly EpochRecord[];
  readonly resources: JsonObject | undefined;
  readonly rateCurve: JsonObject | undefined;
}
export declare function readRun(path: string): Promise<RunRecord>;
export declare function epochsFrom(lines: readonly JsonObject[]): EpochRecord[];
