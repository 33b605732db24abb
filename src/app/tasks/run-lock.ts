// One process at a time writes a run. What a killed one left behind is no lock any more.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { pathIn } from "./evaluation-folder.ts";
import { readJson } from "./run-folder.ts";

const lockFile = ".lock";
/** Runs that this process writes. */
const held = new Set<string>();

/**
 * Locks a run until the result is called, and takes away what a killed process left half written in it.
 * @throws state when another training writes it
 */
export async function lockRun(run: string): Promise<() => Promise<void>> {
  const { files, processes } = platform();
  const path = pathIn(run, lockFile);
  const place = (await files.stat(run))?.realPath ?? run;
  const holder = await holderOf(path);
  const isTaken = holder !== undefined && holder !== processes?.own && processes?.isRunning(holder) === true;
  if (isTaken || held.has(place)) {
    throw new SinterError(
      "state",
      `"${run}" is being trained by process ${holder ?? "?"}. Wait for it or end it; if that is another program, remove ${path}.`,
      { run, process: holder },
    );
  }
  held.add(place);
  try {
    await files.remove(path);
    await files.writeNew(path, JSON.stringify({ process: processes?.own }));
    const names = (await files.list(run)).map(({ name }) => name);
    for (const name of names.filter((one) => one.startsWith(".") && one.endsWith(".tmp"))) {
      await files.remove(pathIn(run, name));
    }
  } catch (error) {
    held.delete(place);
    throw error;
  }
  return async () => {
    held.delete(place);
    // A lock that cannot be taken away is that of a process that is gone.
    await files.remove(path).catch(() => undefined);
  };
}

/** The process that holds the lock; undefined when there is none, or it tells nothing. */
async function holderOf(path: string): Promise<number | undefined> {
  const holder = (await readJson(path).catch(() => undefined))?.["process"];
  return typeof holder === "number" ? holder : undefined;
}
