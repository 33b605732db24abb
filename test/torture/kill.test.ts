// A run that is killed five times ends as one that never was. `npm run torture` does this a hundred times.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { beginning, faultsOf, goingOn, outcomeOf, runAndKill, writeData, type Kill } from "./kills.ts";

const kills: readonly Kill[] = [
  { kind: "time", afterMs: 150 },
  { kind: "save", number: 2, afterMs: 0 },
  { kind: "save", number: 3, afterMs: 4 },
  { kind: "time", afterMs: 900 },
  { kind: "save", number: 5, afterMs: 9 },
];

/** So many that no process comes to the end before it is killed. */
const numEpochs = 12;

let folder = "";
beforeAll(async () => {
  await useDevice("js");
  folder = await mkdtemp(join(tmpdir(), "sinter-kill-"));
  await writeData(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("five kills lose nothing, and the end is the same, bit for bit", { timeout: 120_000 }, async () => {
  const whole = await runAndKill(folder, beginning("runs/whole", numEpochs), undefined);
  expect(whole.code, whole.stderr).toBe(0);
  const saved: string[] = [];
  for (const kill of kills) {
    const ended = await runAndKill(folder, goingOn(folder, "runs/killed", numEpochs), kill);
    expect(ended.signal, ended.stderr).toBe("SIGKILL");
    saved.push(...ended.saved);
    expect(await faultsOf(folder, "runs/killed", saved)).toEqual([]);
  }
  const last = await runAndKill(folder, goingOn(folder, "runs/killed", numEpochs), undefined);
  expect(last.code, last.stderr).toBe(0);
  expect(await outcomeOf(folder, "runs/killed")).toEqual(await outcomeOf(folder, "runs/whole"));
});
