// The property of random command lines, for the short and the long run.

import { existsSync } from "node:fs";
import fc from "fast-check";
import { expect } from "vitest";
import { closeWorkshop, commandLines, faultOf, openWorkshop, outsideOf, runLine } from "./command-lines.ts";

/** A command line on eight pictures that takes longer hangs. */
const patienceMs = 60_000;

/** Runs random command lines; the first that misbehaves fails with the line. */
export async function checkLines(numLines: number, seed: number): Promise<Readonly<Record<number, number>>> {
  const workshop = await openWorkshop();
  const home = process.cwd();
  process.chdir(workshop.here);
  const counts: Record<number, number> = { 0: 0, 1: 0, 2: 0 };
  try {
    const small = ["train", "photos", "--image-size", "8x8", "--epochs", "1", "--out", "runs/small"];
    expect((await runLine(small)).exitCode).toBe(0);
    const before = await outsideOf(workshop);
    const property = fc.asyncProperty(commandLines, async (args) => {
      const outcome = await withPatience(runLine(args), args);
      const fault = faultOf(outcome, args);
      if (fault !== undefined) throw new Error(`${JSON.stringify(args)}: ${fault}\n${outcome.stderr}`);
      counts[outcome.exitCode] = (counts[outcome.exitCode] ?? 0) + 1;
    });
    await fc.assert(property, { numRuns: numLines, seed, endOnFailure: true });
    expect(await outsideOf(workshop)).toBe(before);
    expect(existsSync("runs/small/evaluation.json")).toBe(true);
    return counts;
  } finally {
    process.chdir(home);
    await closeWorkshop(workshop);
  }
}

async function withPatience<Value>(work: Promise<Value>, args: readonly string[]): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${JSON.stringify(args)}: hangs`)), patienceMs);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
