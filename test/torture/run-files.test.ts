// What survives of a run when the disk fails it: a sample of its file calls here, every one in `npm run torture`.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SinterError } from "#engine/base/error.ts";
import type { TrainEvent } from "#app/tasks/train-options.ts";
import { installPlatform, platform } from "#engine/platform/api.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { begin, beginWithFault, checkFault, endOf, goOn, writeTinyData, type RunEnd } from "./run-files.ts";

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

test.each(["ENOSPC", "EIO", "EROFS", "crash"] as const)("%s at calls of a run loses nothing", async (fault) => {
  expect(numCalls).toBeGreaterThan(100);
  const ends = new Set<string>();
  for (let at = 5; at <= numCalls; at += 29) {
    ends.add(await checkFault(folder, whole, { at, fault, isLasting: at % 2 === 0 }));
  }
  expect(ends).toContain("error");
});

/** Lets one picture be unreadable from its third read on: before, the split and the fingerprint read it. */
async function withUnreadable<Result>(task: () => Promise<Result>): Promise<Result> {
  const own = platform();
  let numReads = 0;
  const read = (path: string): Promise<Uint8Array> => {
    if (!path.endsWith(join("warm", "2.png"))) return own.files.read(path);
    numReads += 1;
    return numReads <= 2 ? own.files.read(path) : Promise.reject(new SinterError("file", `read "${path}": EIO.`));
  };
  installPlatform({ ...own, files: { ...own.files, read } });
  try {
    return await task();
  } finally {
    installPlatform(own);
  }
}

test("a picture that could not be read stays left out when the run goes on and can read it", async () => {
  const expected = await withUnreadable(async () => {
    await begin(folder, "never-stopped");
    return endOf(folder, "never-stopped");
  });
  expect(expected.weights).not.toBe(whole.weights);
  const controller = new AbortController();
  const onProgress = ({ kind }: TrainEvent): void => {
    if (kind === "epoch") controller.abort();
  };
  const stopped = await withUnreadable(() => begin(folder, "stopped", { onProgress, signal: controller.signal }));
  expect(stopped.isStopped).toBe(true);
  await goOn(folder, "stopped");
  expect(await endOf(folder, "stopped")).toEqual(expected);
  expect(await readFile(join(folder, "stopped", "broken.json"), "utf8")).toContain("2.png");
});
