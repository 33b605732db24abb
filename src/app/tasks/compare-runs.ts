// Runs side by side: what differs in how they were made, their scores, and on labelled pictures whether they differ by more
// than chance. Reads runs, never writes.

import { SinterError } from "#engine/base/error.ts";
import type { BrokenSample } from "#learning/data/dataset.ts";
import { imageFolder } from "#learning/data/image-folder.ts";
import { findEvaluationFolder } from "./evaluation-folder.ts";
import { imageClassifier } from "./image-classifier.ts";
import { mcNemar, type McNemar } from "./mcnemar.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./run-folder.ts";
import { numberIn } from "./json-fields.ts";
import { readRunFacts, type RunFacts } from "./run-record.ts";

/** A value that is not the same in all runs; undefined where a run has none. */
export interface Difference {
  /** `config.learningRate`, `data.train.sha256` */
  readonly name: string;
  /** One a run, in the order given. */
  readonly values: readonly (JsonValue | undefined)[];
}

/** A score of each run. */
export interface ScoreRow {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
  /** Each value less that of the first run. */
  readonly differences: readonly (number | undefined)[];
}

/** Two runs on the same pictures. */
export interface PairTest extends McNemar {
  readonly first: string;
  readonly second: string;
}

/** Runs on the same labelled pictures. */
export interface SamePictures {
  readonly folder: string;
  readonly numSamples: number;
  readonly broken: readonly BrokenSample[];
  readonly accuracies: readonly number[];
  readonly tests: readonly PairTest[];
}

/** Runs side by side. */
export interface RunComparison {
  readonly runs: readonly string[];
  readonly differences: readonly Difference[];
  /** The part that each run's scores were taken on; undefined for a run without scores. */
  readonly parts: readonly (string | undefined)[];
  readonly scores: readonly ScoreRow[];
  /** Only where a folder was given. */
  readonly on: SamePictures | undefined;
}

/** What runs are compared by beside their files. */
export interface CompareOptions {
  /** A folder of labelled pictures (its test part where it has one) that all runs are asked about. */
  readonly on?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const scoreNames = ["loss", "accuracy", "precision", "recall", "f1", "auc"];

/**
 * Runs side by side.
 * @throws option for fewer than two runs; file and format for what is no run or is damaged; data when the runs do not know
 * the same classes, but are to be asked about the same pictures
 * @example
 * const { differences, scores } = await compareRuns(["runs/train", "runs/train-2"], { on: "photos" });
 */
export async function compareRuns(runs: readonly string[], options: CompareOptions = {}): Promise<RunComparison> {
  if (runs.length < 2) throw new SinterError("option", `compareRuns: ${runs.length} runs. Give two or more.`, { runs });
  const facts = await Promise.all(runs.map((run) => readRunFacts(run)));
  const { on, signal } = options;
  return {
    runs,
    differences: differencesOf(facts),
    parts: facts.map(({ evaluation }) => (typeof evaluation?.["part"] === "string" ? evaluation["part"] : undefined)),
    scores: scoreNames
      .map((name) => scoreRow(name, facts))
      .filter(({ values }) => values.some((one) => one !== undefined)),
    on: on === undefined ? undefined : await onSamePictures(runs, on, signal),
  };
}

function differencesOf(facts: readonly RunFacts[]): Difference[] {
  const flat = facts.map(
    ({ config, environment = {}, data = {} }) => new Map(leavesOf({ config, environment, data }, "")),
  );
  const names = [...new Set(flat.flatMap((leaves) => [...leaves.keys()]))];
  return names
    .map((name) => ({ name, values: flat.map((leaves) => leaves.get(name)) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1);
}

/** Values by their path; a list is one value. */
function leavesOf(object: JsonObject, prefix: string): [string, JsonValue][] {
  return Object.entries(object).flatMap(([name, value]): [string, JsonValue][] => {
    if (value === undefined) return [];
    return isJsonObject(value) ? leavesOf(value, `${prefix}${name}.`) : [[`${prefix}${name}`, value]];
  });
}

function scoreRow(name: string, facts: readonly RunFacts[]): ScoreRow {
  const values = facts.map(({ evaluation }) => numberIn(evaluation, name));
  const [first] = values;
  const lessFirst = (value: number | undefined): number | undefined =>
    value === undefined || first === undefined ? undefined : value - first;
  return { name, values, differences: values.map(lessFirst) };
}

async function onSamePictures(runs: readonly string[], on: string, signal?: AbortSignal): Promise<SamePictures> {
  const folder = await findEvaluationFolder(on);
  const answers: Answers[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one model is in memory at a time
  for (const run of runs) answers.push(await ask(run, folder, signal));
  checkSameClasses(runs, answers);
  // A picture that one could not read is left out for all.
  const broken = new Map(answers.flatMap((one) => one.broken.map((sample) => [sample.file, sample])));
  const right = answers.map(({ isRight }) => [...isRight].filter(([file]) => !broken.has(file)).map(([, is]) => is));
  const numSamples = right[0]?.length ?? 0;
  const tests = runs.flatMap((first, place) =>
    runs.slice(place + 1).map((second, offset) => ({
      first,
      second,
      ...mcNemar(right[place] ?? [], right[place + 1 + offset] ?? []),
    })),
  );
  const accuracies = right.map((list) => list.filter(Boolean).length / Math.max(1, numSamples));
  return { folder, numSamples, broken: [...broken.values()], accuracies, tests };
}

interface Answers {
  readonly classNames: readonly string[];
  readonly isRight: ReadonlyMap<string, boolean>;
  readonly broken: readonly BrokenSample[];
}

async function ask(run: string, folder: string, signal: AbortSignal | undefined): Promise<Answers> {
  const classifier = await imageClassifier.load(run);
  const { classNames, imageSize } = classifier;
  const { files = [], labels = [] } = await imageFolder(folder, { imageSize, classNames, labelMode: "sparse" });
  const isRight = new Map<string, boolean>();
  const broken: BrokenSample[] = [];
  const options = { top: 1, ...(signal === undefined ? {} : { signal }) };
  for await (const answer of classifier.predictEach(files, options)) {
    const file = files[answer.index] ?? "";
    if (answer.kind === "broken") broken.push({ file, reason: answer.reason });
    else isRight.set(file, answer.prediction.label === classNames[labels[answer.index] ?? -1]);
  }
  return { classNames, isRight, broken };
}

function checkSameClasses(runs: readonly string[], answers: readonly Answers[]): void {
  const [first] = answers;
  const other = answers.findIndex(({ classNames }) => classNames.join("\n") !== first?.classNames.join("\n"));
  if (other < 1) return;
  throw new SinterError(
    "data",
    `"${runs[0]}" knows the classes ${first?.classNames.join(", ")}, "${runs[other]}" ${answers[other]?.classNames.join(", ")}. ` +
      "Leave out --on, or compare runs of the same classes.",
    { runs },
  );
}
