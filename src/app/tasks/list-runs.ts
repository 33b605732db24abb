// The runs in a folder, each in a line. Reads only.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { pathIn } from "./evaluation-folder.ts";
import { isRun, readRunRecord, type RunRecord } from "./run-record.ts";

/** What runs are sorted by: the newest first, or the best first. */
export type RunOrder = "date" | "score";

/** A cross-validation holds its runs one folder down; nothing lies deeper. */
const maxDepth = 2;

/**
 * The runs in a folder; of a folder that is itself a run, that one. Damaged runs are listed, with the reason.
 * @throws file when the folder is not there
 * @example
 * const [newest] = await listRuns("runs");
 */
export async function listRuns(folder: string, order: RunOrder = "date"): Promise<RunRecord[]> {
  const found = await platform().files.stat(folder);
  if (found?.kind !== "folder") {
    const what = found === undefined ? "is not there" : "is no folder";
    throw new SinterError("file", `"${folder}" ${what}. Give the folder that sinter train writes its runs to.`, {
      folder,
    });
  }
  const records: RunRecord[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one run's files are open at a time
  for (const run of await findRuns(folder, maxDepth)) records.push(await readRunRecord(run));
  return records.toSorted(comparing(order));
}

async function findRuns(folder: string, depth: number): Promise<string[]> {
  if (await isRun(folder)) return [folder];
  if (depth === 0) return [];
  const entries = await platform().files.list(folder);
  const folders = entries.filter(({ kind, name }) => kind === "folder" && !name.startsWith("."));
  const found = await Promise.all(folders.map(({ name }) => findRuns(pathIn(folder, name), depth - 1)));
  return found.flat();
}

function comparing(order: RunOrder): (a: RunRecord, b: RunRecord) => number {
  const valueOf = (record: RunRecord): number =>
    (order === "date" ? record.startedMs : (record.testAccuracy ?? record.valAccuracy)) ?? Number.NEGATIVE_INFINITY;
  return (a, b) => {
    const [first, second] = [valueOf(a), valueOf(b)];
    return first === second ? a.run.localeCompare(b.run, "en", { numeric: true }) : second > first ? 1 : -1;
  };
}
