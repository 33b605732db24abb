export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}
export declare const runFiles: {
  readonly config: "config.json";
  readonly data: "data.json";
  readonly checkpoints: "checkpoints";
  readonly rateCurve: "lr-find.json";
  readonly history: "history.jsonl";
  readonly evaluation: "evaluation.json";
  readonly environment: "environment.json";
  readonly broken: "broken.json";
  readonly tensorBoard: "tensorboard";
};
export interface RunFolder {
  readonly path: string;
  readJson(name: string): Promise<JsonObject | undefined>;
  writeJson(name: string, value: JsonObject): Promise<void>;
  writeText(name: string, text: string): Promise<void>;
}
export declare function createRunFolder(
  out: string | undefined,
  contents: ReadonlyMap<string, string>,
): Promise<RunFolder>;
export declare function jsonText(value: JsonObject): string;
export declare function openRunFolder(path: string): Promise<RunFolder>;
export declare function readJson(path: string): Promise<JsonObject | undefined>;
export declare function isJsonObject(value: unknown): value is JsonObject;
export declare function checkIsFree(path: string): Promise<void>;
export declare function freePath(out: string | undefined): Promise<string>;
