// `npm run torture`: ten runs of ten kill -9, half at a random moment, half inside a save that the process announces.
// SEED=n repeats what failed.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { beginning, faultsOf, goingOn, outcomeOf, runAndKill, writeData, type Kill } from "./kills.ts";

const numRuns = 10;
const numKills = 10;
/** So many that no process comes to the end before it is killed. */
const numEpochs = 40;
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

let folder = "";
let whole: unknown;
/** Milliseconds of an unkilled run, and of its start: random moments follow from them, however slow the machine is. */
let startMs = 0;
let wholeMs = 0;
beforeAll(async () => {
  process.stdout.write(`SEED=${seed}\n`);
  await useDevice("js");
  folder = await mkdtemp(join(tmpdir(), "sinter-torture-"));
  await writeData(folder);
  const { code, stderr, ...times } = await runAndKill(folder, beginning("runs/whole", numEpochs), undefined);
  expect(code, stderr).toBe(0);
  ({ startMs, wholeMs } = times);
  whole = await outcomeOf(folder, "runs/whole");
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Numbers in [0, 1) by seed. */
function numbersFrom(first: number): () => number {
  let state = (Math.imul(first, 2654435761) + 1) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function killAt(number: number, draw: () => number): Kill {
  // Five of them together stay well within a run, saves included.
  if (number % 2 === 0) return { kind: "time", afterMs: draw() * (startMs + (wholeMs - startMs) / 8) };
  return { kind: "save", number: 1 + Math.floor(draw() * 6), afterMs: draw() * 20 };
}

test.each(Array.from({ length: numRuns }, (_, run) => run))(
  `run %i of ${numRuns}: ${numKills} kills`,
  async (number) => {
    const draw = numbersFrom(seed * numRuns + number);
    const run = `runs/killed-${number}`;
    const saved: string[] = [];
    let numInSaves = 0;
    for (let kill = 0; kill < numKills; kill += 1) {
      const ended = await runAndKill(folder, goingOn(folder, run, numEpochs), killAt(kill, draw));
      expect(ended.signal, `kill ${kill}: ${ended.stderr}`).toBe("SIGKILL");
      numInSaves += ended.isInSave ? 1 : 0;
      saved.push(...ended.saved);
      expect(await faultsOf(folder, run, saved)).toEqual([]);
    }
    const last = await runAndKill(folder, goingOn(folder, run, numEpochs), undefined);
    expect(last.code, last.stderr).toBe(0);
    expect(await outcomeOf(folder, run)).toEqual(whole);
    const counts = `${numKills} kills, ${numInSaves} of them inside a save`;
    process.stdout.write(`run ${number}: ${counts}; ${saved.length} checkpoints saved before the last process\n`);
  },
);
