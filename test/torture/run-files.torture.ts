// A fault at every single file call of a run: what `npm test` samples.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { begin, beginWithFault, checkFault, endOf, writeTinyData, type RunEnd } from "./run-files.ts";

let folder = "";
let whole: RunEnd;
let numCalls = 0;
beforeAll(async () => {
  await useDevice("wasm", { threads: 1 });
  folder = await mkdtemp(join(tmpdir(), "sinter-run-files-"));
  await writeTinyData(folder);
  await begin(folder, "whole");
  whole = await endOf(folder, "whole");
  numCalls = (await beginWithFault(folder, {})).numCalls;
});
afterAll(async () => {
  await closeDevice();
  await rm(folder, { recursive: true });
});

test.each([["crash"], ["ENOSPC", "EIO"]] as const)("%s at every call of a run loses nothing", async (...faults) => {
  const counts = { error: 0, warning: 0, none: 0 };
  for (let at = 1; at <= numCalls; at += 1) {
    const fault = faults[at % faults.length] ?? "EIO";
    counts[await checkFault(folder, whole, { at, fault, isLasting: at % 4 < 2 })] += 1;
  }
  process.stdout.write(`${faults.join(", ")}: ${numCalls} calls, ${JSON.stringify(counts)}\n`);
});
