// Training that is killed again and again, and resumed, through the command line; compared with one that never was.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listCheckpoints, readCheckpoint } from "#learning/train/checkpoint-folder.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { writePictures } from "../e2e/pictures.ts";
import { jsonLines, start } from "../e2e/program.ts";

/** When a process is killed: after some milliseconds, or so many after the n-th save has begun. */
export type Kill =
  | { readonly kind: "time"; readonly afterMs: number }
  | { readonly kind: "save"; readonly number: number; readonly afterMs: number };

const flags = [
  "--image-size",
  "12",
  "--batch-size",
  "4",
  "--augment",
  "light",
  "--seed",
  "5",
  "--checkpoint-steps",
  "1",
];

/** Pictures for the runs. */
export function writeData(folder: string): Promise<void> {
  return writePictures(join(folder, "photos"), ["cold", "warm"], 10);
}

/** The arguments that begin a run. */
export function beginning(run: string, epochs: number): readonly string[] {
  return ["train", "photos", ...flags, "--epochs", String(epochs), "--out", run, "--json"];
}

/** The arguments that go on with one, or begin it where the process was killed before there was a folder. */
export function goingOn(folder: string, run: string, epochs: number): readonly string[] {
  return existsSync(join(folder, run, "config.json")) ? ["train", "--resume", run, "--json"] : beginning(run, epochs);
}

/** What a process did before it was killed or ended. */
export interface Ended {
  /** Checkpoints that it called saved. */
  readonly saved: readonly string[];
  /** Whether it had announced a save that it did not end. */
  readonly isInSave: boolean;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** Milliseconds to the first announced save, and in all. */
  readonly startMs: number;
  readonly wholeMs: number;
}

/** Runs `sinter` until it is killed or ends. */
export async function runAndKill(folder: string, args: readonly string[], kill: Kill | undefined): Promise<Ended> {
  const begun = performance.now();
  const { child, finished } = start(folder, args);
  let numSaving = 0;
  let startMs = 0;
  let isKilled = false;
  const end = async (afterMs: number): Promise<void> => {
    if (isKilled) return;
    isKilled = true;
    await sleep(afterMs);
    child.kill("SIGKILL");
  };
  if (kill?.kind === "time") void end(kill.afterMs);
  child.stdout?.on("data", (text: Buffer) => {
    numSaving += text.toString().split('"event":"saving"').length - 1;
    if (numSaving > 0 && startMs === 0) startMs = performance.now() - begun;
    if (kill?.kind === "save" && numSaving >= kill.number) void end(kill.afterMs);
  });
  const { stdout, stderr, code } = await finished;
  // A process that is killed may leave half a line.
  const lines = stdout.slice(0, stdout.lastIndexOf("\n") + 1);
  const events = lines === "" ? [] : jsonLines(lines);
  const named = (name: string): string[] =>
    events.flatMap(({ event, checkpoint }) => (event === name ? [String(checkpoint)] : []));
  const [saved, saving] = [named("saved"), named("saving")];
  const isInSave = saving.length > saved.length;
  return { saved, isInSave, code, signal: child.signalCode, stderr, startMs, wholeMs: performance.now() - begun };
}

/** What is wrong with what a killed process left: nothing may be. */
export async function faultsOf(folder: string, run: string, saved: readonly string[]): Promise<string[]> {
  const checkpoints = join(folder, run, "checkpoints");
  const names = await listCheckpoints(checkpoints);
  const faults: string[] = [];
  const newest = saved.toSorted().at(-1);
  if (newest !== undefined && !names.some((name) => name >= newest)) faults.push(`checkpoint ${newest} is lost`);
  for (const name of names) {
    await readCheckpoint(checkpoints, name).catch((error: unknown) => faults.push(`${name}: ${String(error)}`));
  }
  if (existsSync(join(folder, run, "model.json"))) {
    await loadModel(join(folder, run)).catch((error: unknown) => faults.push(`the model: ${String(error)}`));
  }
  return faults;
}

/** All that a finished run must have in common with one that was never killed. */
export async function outcomeOf(folder: string, run: string): Promise<unknown> {
  const at = (name: string): string => join(folder, run, name);
  const history = jsonLines(await readFile(at("history.jsonl"), "utf8"));
  const [newest = ""] = await listCheckpoints(at("checkpoints"));
  const evaluation: unknown = JSON.parse(await readFile(at("evaluation.json"), "utf8"));
  return {
    best: await sha256(at("model.safetensors")),
    newest,
    last: await sha256(at(join("checkpoints", newest, "model.safetensors"))),
    history: history.map((line) => ({ ...line, seconds: 0 })),
    evaluation,
    files: (await readdir(join(folder, run))).toSorted(),
  };
}

async function sha256(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
