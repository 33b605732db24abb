// A run as it lies on disk, read with mistrust: sizes are bounded, every field is checked, and what is damaged is a value
// that says so. Never writes, never computes.

import { messageOf, SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { decodeModelJson } from "#learning/formats/model-json.ts";
import { modelFiles } from "#learning/train/save.ts";
import { pathIn } from "./evaluation-folder.ts";
import { numberIn, textIn } from "./json-fields.ts";
import { isJsonObject, runFiles, type JsonObject } from "./run-folder.ts";

/**
 * finished: it has its scores; stopped: it has a model, but not its scores (it can go on, or is still going);
 * unfinished: no epoch has ended yet; damaged: a file is missing, or does not say what it should.
 */
export type RunState = "finished" | "stopped" | "unfinished" | "damaged";

/** A run in a line. What is not known is undefined. */
export interface RunRecord {
  readonly run: string;
  readonly state: RunState;
  /** Why it is damaged. */
  readonly reason: string | undefined;
  /** When it was begun: when its config.json was written, in milliseconds since 1970. */
  readonly startedMs: number | undefined;
  readonly model: string | undefined;
  /** The folder that it was trained on. */
  readonly data: string | undefined;
  readonly numClasses: number | undefined;
  readonly epochsDone: number;
  /** Epochs that were asked for. */
  readonly epochs: number | undefined;
  readonly bestEpoch: number | undefined;
  /** Of the best epoch. */
  readonly valAccuracy: number | undefined;
  readonly testAccuracy: number | undefined;
}

/** The files of a run that are read here; what is not there is undefined. */
export interface RunFacts {
  readonly config: JsonObject;
  readonly data: JsonObject | undefined;
  readonly environment: JsonObject | undefined;
  readonly evaluation: JsonObject | undefined;
  readonly history: readonly JsonObject[];
}

/** No file of a run that is read whole comes near it. */
const maxBytes = 64 * 2 ** 20;
/** A file of these makes a folder a run, whole or not. */
const signs: readonly string[] = [runFiles.config, runFiles.history, runFiles.evaluation, modelFiles.description];

/** Whether a folder holds a run, or what is left of one. */
export async function isRun(path: string): Promise<boolean> {
  for (const name of signs) {
    // oxlint-disable-next-line no-await-in-loop -- the first sign is enough
    if ((await platform().files.stat(pathIn(path, name)))?.kind === "file") return true;
  }
  return false;
}

/** A run in a line; a damaged one is no error but a record that gives the reason. */
export async function readRunRecord(run: string): Promise<RunRecord> {
  const startedMs = (await platform().files.stat(pathIn(run, runFiles.config)))?.modifiedMs;
  try {
    const facts = await readRunFacts(run);
    return { ...recordOf(facts), run, startedMs, state: await stateOf(run, facts), reason: undefined };
  } catch (error) {
    if (!(error instanceof SinterError)) throw error;
    return { ...recordOf(undefined), run, startedMs, state: "damaged", reason: messageOf(error) };
  }
}

/** Reads config, data, environment, scores and history. @throws format where one is damaged; file when it is no run */
export async function readRunFacts(run: string): Promise<RunFacts> {
  const config = await readJsonObject(pathIn(run, runFiles.config));
  if (config === undefined) {
    throw new SinterError("file", `"${run}" is no run: it has no config.json. Give a folder that sinter train wrote.`, {
      run,
    });
  }
  const [data, environment, evaluation] = await Promise.all(
    [runFiles.data, runFiles.environment, runFiles.evaluation].map((name) => readJsonObject(pathIn(run, name))),
  );
  return { config, data, environment, evaluation, history: await readHistory(pathIn(run, runFiles.history)) };
}

/** A JSON object from a file; undefined when there is none. @throws format when it is damaged */
export async function readJsonObject(path: string): Promise<JsonObject | undefined> {
  const text = await readText(path);
  return text === undefined ? undefined : parseObject(text, `"${path}"`);
}

/** The history; what a killed process left of a last line is not part of it. */
async function readHistory(path: string): Promise<JsonObject[]> {
  const lines = ((await readText(path)) ?? "").split("\n");
  return lines.slice(0, -1).map((line, index) => parseObject(line, `"${path}" line ${index + 1}`));
}

async function readText(path: string): Promise<string | undefined> {
  const { files } = platform();
  const found = await files.stat(path);
  if (found === undefined) return undefined;
  if (found.kind !== "file") throw damaged(`"${path}"`, "it is no file");
  if (found.bytes > maxBytes) throw damaged(`"${path}"`, `it has ${found.bytes} bytes, expected at most ${maxBytes}`);
  return new TextDecoder().decode(await files.read(path));
}

function parseObject(text: string, where: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(where, messageOf(error));
  }
  if (isJsonObject(value)) return value;
  throw damaged(where, "it holds no JSON object");
}

function damaged(where: string, what: string): SinterError {
  return new SinterError("format", `${where} is damaged: ${what}.`, { where });
}

/** @throws format when a file of the model is missing, or its description is damaged */
async function stateOf(run: string, { evaluation, history }: RunFacts): Promise<RunState> {
  const { files } = platform();
  const [description, weights] = await Promise.all(
    [modelFiles.description, modelFiles.weights].map((name) => files.stat(pathIn(run, name))),
  );
  const isExpected = evaluation !== undefined || history.length > 0;
  if (description === undefined && !isExpected) return "unfinished";
  if (description === undefined) throw damaged(`"${run}"`, `${modelFiles.description} is missing`);
  if (weights === undefined) throw damaged(`"${run}"`, `${modelFiles.weights} is missing`);
  if (description.bytes > maxBytes) throw damaged(`"${run}"`, `${modelFiles.description} is too large`);
  decodeModelJson(await files.read(pathIn(run, modelFiles.description)));
  return evaluation === undefined ? "stopped" : "finished";
}

function recordOf(facts: RunFacts | undefined): Omit<RunRecord, "run" | "startedMs" | "state" | "reason"> {
  const { config, history = [], evaluation } = facts ?? {};
  const epochs = numberIn(config, "epochs");
  const best = history.findLast((line) => line["isBest"] === true);
  const classNames = config?.["classNames"];
  return {
    model: textIn(config, "model"),
    data: textIn(config, "folder"),
    numClasses: Array.isArray(classNames) ? classNames.length : undefined,
    epochsDone: numberIn(history.at(-1), "epoch") ?? 0,
    epochs: epochs === undefined ? undefined : epochs + (numberIn(config, "fineTuneEpochs") ?? 0),
    bestEpoch: numberIn(evaluation, "bestEpoch") ?? numberIn(best, "epoch"),
    valAccuracy: numberIn(best, "valAccuracy"),
    testAccuracy: evaluation?.["part"] === "test" ? numberIn(evaluation, "accuracy") : undefined,
  };
}
