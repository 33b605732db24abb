import { type JsonObject, type JsonValue } from "../run-folder.js";
export declare const resourcesFile = "resources.json";
export interface EpochRecord {
  readonly epoch: number;
  readonly isBest: boolean;
  readonly values: Readonly<Record<string, number>>;
}
export interface RunRecord {
  readonly path: string;
  readonly config: JsonObject;
  readonly environment: JsonObject;
  readonly history: readonly EpochRecord[];
  readonly evaluation: JsonObject | undefined;
  readonly data: JsonObject | undefined;
  readonly resources: JsonObject | undefined;
}
export declare function readRun(path: string): Promise<RunRecord>;
export declare function historyFrom(text: string): EpochRecord[];
export declare function isObject(value: unknown): value is Readonly<Record<string, unknown>>;
export declare function numberIn(value: Readonly<Record<string, unknown>>, name: string): number | undefined;
export declare function textIn(value: Readonly<Record<string, unknown>>, name: string): string | undefined;
export declare function jsonText(value: JsonValue | undefined): string;
