// `npm run torture`: ten runs of ten kill -9, half at a random moment, half inside a save. SEED=n repeats what failed.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { beginning, faultsOf, goingOn, outcomeOf, runAndKill, writeData, type Kill } from "./kills.ts";

const numRuns = 10;
const numKills = 10;
const numEpochs = 16;
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

let folder = "";
let whole: unknown;
beforeAll(async () => {
  process.stdout.write(`SEED=${seed}\n`);
  await useDevice("js");
  folder = await mkdtemp(join(tmpdir(), "sinter-torture-"));
  await writeData(folder);
  const { code, stderr } = await runAndKill(folder, beginning("runs/whole", numEpochs), undefined);
  expect(code, stderr).toBe(0);
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
  if (number % 2 === 0) return { kind: "time", afterMs: Math.floor(500 + draw() * 2500) };
  return { kind: "save", number: 1 + Math.floor(draw() * 6), afterMs: Math.floor(draw() * 20) };
}

test.each(Array.from({ length: numRuns }, (_, run) => run))(
  `run %i of ${numRuns}: ${numKills} kills`,
  async (number) => {
    const draw = numbersFrom(seed * numRuns + number);
    let [run, saved, numAhead]: [string, string[], number] = [`runs/killed-${number}`, [], 0];
    for (let numDone = 0; numDone < numKills;) {
      const ended = await runAndKill(folder, goingOn(folder, run, numEpochs), killAt(numDone + numAhead, draw));
      saved.push(...ended.saved);
      expect(await faultsOf(folder, run, saved)).toEqual([]);
      if (ended.code === null) numDone += 1;
      else {
        // It was done before its kill: the kills that are left go to a new one.
        expect(ended.code, ended.stderr).toBe(0);
        expect(await outcomeOf(folder, run)).toEqual(whole);
        numAhead += 1;
        [run, saved] = [`runs/killed-${number}-${numAhead}`, []];
      }
    }
    const last = await runAndKill(folder, goingOn(folder, run, numEpochs), undefined);
    expect(last.code, last.stderr).toBe(0);
    expect(await outcomeOf(folder, run)).toEqual(whole);
    process.stdout.write(`run ${number}: ${numKills} kills in ${numAhead + 1} runs\n`);
  },
);
