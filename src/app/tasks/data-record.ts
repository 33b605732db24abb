// data.json of a run: what it was trained and measured on, so that the same data can be told from other data.

import { SinterError } from "#engine/base/error.ts";
import { createLimiter } from "#engine/base/limiter.ts";
import { platform } from "#engine/platform/api.ts";
import type { SampleDataset } from "#learning/data/sample-dataset.ts";
import type { ImageParts } from "./image-parts.ts";
import type { JsonObject } from "./run-folder.ts";

/** Files read at once. */
const maxInFlight = 4;

/**
 * Counts and a fingerprint of each part: SHA-256 over its files' names, sizes and contents, in the order of the names.
 * Every file is read once.
 * @throws aborted when the signal fires
 */
export async function recordData(
  { train, validation, test, classNames }: ImageParts,
  signal: AbortSignal | undefined,
): Promise<JsonObject> {
  const record = (part: SampleDataset): Promise<JsonObject> => recordPart(part, classNames, signal);
  return {
    classNames: [...classNames],
    train: await record(train),
    validation: await record(validation),
    ...(test === undefined ? {} : { test: await record(test) }),
  };
}

async function recordPart(
  dataset: SampleDataset,
  classNames: readonly string[],
  signal: AbortSignal | undefined,
): Promise<JsonObject> {
  const limit = createLimiter(maxInFlight);
  const files = dataset.files ?? [];
  const read = (position: number): ReturnType<typeof factsOf> => {
    if (signal?.aborted !== true) return factsOf(dataset, position);
    return Promise.reject(new SinterError("aborted", "Stopped while the data was read, before the first step."));
  };
  const facts = await Promise.all(files.map((_, position) => limit(() => read(position))));
  const lines = files.map((file, position) => `${nameOf(file)}\t${facts[position]?.line ?? ""}`);
  const hash = (some: readonly string[]): Promise<string> => {
    return platform().sha256(new TextEncoder().encode(some.toSorted().join("\n")));
  };
  const linesOf = (label: number): string[] => lines.filter((_, position) => dataset.labels?.[position] === label);
  const classes = classNames.map((name, label) => ({ name, lines: linesOf(label) }));
  const hashes = await Promise.all(classes.map(async (one) => [one.name, await hash(one.lines)] as const));
  return {
    numFiles: files.length,
    numBytes: facts.reduce((sum, { numBytes }) => sum + numBytes, 0),
    classCounts: Object.fromEntries(classes.map((one) => [one.name, one.lines.length])),
    sha256: await hash(lines),
    classSha256: Object.fromEntries(hashes),
  };
}

/** The class and the name of a file: where the folder lies does not matter. */
function nameOf(file: string): string {
  return file.split(/[\\/]/).slice(-2).join("/");
}

/** A file that cannot be read is part of the data too: it is left out each time. */
async function factsOf(dataset: SampleDataset, position: number): Promise<{ numBytes: number; line: string }> {
  try {
    const [numBytes = 0, hash = ""] = await Promise.all([dataset.numBytes(position), dataset.hash(position)]);
    return { numBytes, line: `${numBytes}\t${hash}` };
  } catch (error) {
    if (error instanceof SinterError) return { numBytes: 0, line: error.code };
    throw error;
  }
}

/** @throws data naming the parts that are not as they were */
export function checkSameData(before: JsonObject, now: JsonObject, run: string): void {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const other = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
  if (other.length === 0) return;
  const changes = other.map(
    (name) =>
      `${name} (${summaryOf(before[name])}, now ${summaryOf(now[name])}${classesThatDiffer(before[name], now[name])})`,
  );
  throw new SinterError(
    "data",
    `"${run}" was begun with other data: ${changes.join("; ")} changed. Put the data back as it was, or begin a new run.`,
    { run, other },
  );
}

function summaryOf(part: JsonObject[string]): string {
  const isPart = typeof part === "object" && part !== null && "numFiles" in part;
  if (!isPart) return part === undefined ? "none" : JSON.stringify(part);
  return `${JSON.stringify(part["numFiles"])} files, ${JSON.stringify(part["numBytes"])} bytes`;
}

/** The classes of a part whose files are not as they were, in words. */
function classesThatDiffer(before: JsonObject[string], now: JsonObject[string]): string {
  const [old, current] = [classHashes(before), classHashes(now)];
  const names = [...new Set([...old.keys(), ...current.keys()])].filter((name) => old.get(name) !== current.get(name));
  return names.length === 0 ? "" : `; of class ${names.join(", ")}`;
}

function classHashes(part: JsonObject[string]): ReadonlyMap<string, unknown> {
  const isPart = typeof part === "object" && part !== null && "classSha256" in part;
  return new Map(isPart ? Object.entries(part["classSha256"] ?? {}) : []);
}
