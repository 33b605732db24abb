// Runs that go on: what --resume says and does when there is something to go on from, nothing, or something else.

import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pictureOf, writePictures } from "./pictures.ts";
import { jsonLines, run, start } from "./program.ts";

const flags = ["--image-size", "12", "--batch-size", "4", "--epochs", "3", "--checkpoint-steps", "2"];

let folder = "";
/** A run that was stopped in its second epoch. */
let stopped = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-resume-"));
  await writePictures(join(folder, "photos"), ["cold", "warm"], 10);
  stopped = join(folder, "runs/stopped");
  const { child, finished } = start(folder, [
    "train",
    "photos",
    ...flags,
    "--epochs",
    "2000",
    "--out",
    stopped,
    "--json",
  ]);
  await new Promise<void>((resolve) => {
    child.stdout?.on("data", (text: Buffer) => {
      if (text.toString().includes('"event":"epoch"')) resolve();
    });
  });
  const asked = performance.now();
  child.kill("SIGTERM");
  const { code, stdout, stderr } = await finished;
  expect(performance.now() - asked).toBeLessThan(5000);
  expect(code, stderr).toBe(1);
  expect(jsonLines(stdout).at(-1)).toMatchObject({ event: "end", isStopped: true });
  expect(stderr).toContain(`Go on with: sinter train --resume ${stopped}`);
  const config = JSON.parse(await readFile(join(stopped, "config.json"), "utf8")) as object;
  await writeFile(join(stopped, "config.json"), JSON.stringify({ ...config, epochs: 4 }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A copy of the stopped run. */
let copy = "";
let numCopies = 0;
beforeEach(async () => {
  numCopies += 1;
  copy = join(folder, `runs/copy-${numCopies}`);
  await cp(stopped, copy, { recursive: true });
});

const resume = (...more: string[]): ReturnType<typeof run> => run(folder, "train", "--resume", copy, ...more);

describe("a stopped run", () => {
  test("goes on to its end, and then has nothing to do", async () => {
    const first = await resume("--json");
    expect(first.code, first.stderr).toBe(0);
    const events = jsonLines(first.stdout);
    expect(events.some(({ event }) => event === "resumed")).toBe(true);
    expect(events.at(-1)).toMatchObject({ event: "end", isStopped: false, wasFinished: false });
    const history = jsonLines(await readFile(join(copy, "history.jsonl"), "utf8"));
    expect(history.map(({ epoch }) => epoch)).toEqual(history.map((_, index) => index + 1));
    const again = await resume();
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/is finished: the model of epoch \d+ is in it\. Nothing was done\./);
    expect(again.stdout).not.toContain("report.html");
  });

  test("that is done but was killed before its report gets one", async () => {
    expect((await resume()).code).toBe(0);
    await rm(join(copy, "report.html"));
    expect((await resume()).stdout).toContain("report.html");
    expect(await readdir(copy)).toContain("report.html");
  });

  test("goes on from an older checkpoint when the newest is damaged, and says so", async () => {
    const names = (await readdir(join(copy, "checkpoints"))).toSorted();
    await truncate(join(copy, "checkpoints", names.at(-1) ?? "", "model.safetensors"), 100);
    const { code, stdout, stderr } = await resume();
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(new RegExp(`warning: .*${names.at(-1)}`));
    expect(stdout).toContain("going on after");
  });

  test("begins anew where there is no checkpoint", async () => {
    await rm(join(copy, "checkpoints"), { recursive: true });
    const { code, stdout, stderr } = await resume("--json");
    expect(code, stderr).toBe(0);
    const events = jsonLines(stdout);
    expect(events.some(({ event }) => event === "resumed")).toBe(false);
    expect(events.filter(({ event }) => event === "epoch").map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  });
});

describe("what does not fit is refused, and nothing is lost", () => {
  test("flags that a run has of its own", async () => {
    const { code, stderr } = await resume("--epochs", "9");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/but --epochs came too\. Leave it out/)]);
    const withFolder = await run(folder, "train", "photos", "--resume", copy);
    expect([withFolder.code, withFolder.stderr]).toEqual([2, expect.stringContaining("but photos came too")]);
  });

  test("a folder that is no run", async () => {
    const missing = await run(folder, "train", "--resume", "runs/none");
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("there is no such folder")]);
    const other = await run(folder, "train", "--resume", "photos");
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("it has no config.json")]);
  });

  test("a damaged config.json", async () => {
    await truncate(join(copy, "config.json"), 40);
    const { code, stderr } = await resume();
    expect([code, stderr]).toEqual([1, expect.stringMatching(/config\.json" is damaged.*Begin a new run/)]);
  });

  test("data that is not as it was", async () => {
    const extra = join(folder, "photos/warm/extra.png");
    await writeFile(extra, await pictureOf(1, 99));
    try {
      const { code, stderr } = await resume();
      expect(code).toBe(1);
      expect(stderr).toMatch(/was begun with other data: .*train \(16 files.*; of class .*warm.*Put the data back/);
    } finally {
      await rm(extra);
    }
  });

  test("a model that changed", async () => {
    const config = JSON.parse(await readFile(join(copy, "config.json"), "utf8")) as object;
    await writeFile(join(copy, "config.json"), JSON.stringify({ ...config, optimizer: "sgd" }));
    const { code, stderr } = await resume();
    expect([code, stderr]).toEqual([1, expect.stringMatching(/is of another training: its optimizer differ/)]);
  });
});

test("a model of the user's own is taken from the run", async () => {
  const source = `
    import { layers } from "sinter";
    export const model = ({ imageSize }) => [
      layers.flatten({ inputShape: [...imageSize, 3] }),
      layers.dense({ units: 1, activation: "sigmoid" }),
    ];`;
  await writeFile(join(folder, "mine.mjs"), source);
  const out = "runs/mine";
  const begun = await run(folder, "train", "photos", ...flags, "--model", "mine.mjs", "--out", out);
  expect(begun.code, begun.stderr).toBe(0);
  await rm(join(folder, "mine.mjs"));
  await rm(join(folder, out, "evaluation.json"));
  const { code, stderr } = await run(folder, "train", "--resume", out);
  expect(code, stderr).toBe(0);
});
