// Trainings that cannot go on: what is said, and what is kept.

import { cp, mkdir, mkdtemp, readdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pictureOf, writePictures } from "./pictures.ts";
import { jsonLines, run, start } from "./program.ts";

const quick = ["--image-size", "12", "--batch-size", "4", "--model", "small.mjs"];

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-errors-"));
  await writePictures(join(folder, "photos"), ["cold", "warm"], 10);
  const source = (body: string): string => `
    import { layers } from "sinter";
    export const model = ({ imageSize }) => [
      layers.flatten({ inputShape: [...imageSize, 3] }), ${body}
      layers.dense({ units: 1, activation: "sigmoid" }),
    ];`;
  await writeFile(join(folder, "small.mjs"), source(""));
  await writeFile(join(folder, "deep.mjs"), source('layers.dense({ units: 4, name: "middle" }),'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a loss that is NaN ends training; the layer where it began and the way out are named", async () => {
  const flags = [...quick, "--model", "deep.mjs", "--optimizer", "sgd", "--learning-rate", "1e30", "--epochs", "3"];
  const { code, stderr } = await run(folder, "train", "photos", ...flags, "--out", "runs/nan");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: fit: the loss of step \d+ is (NaN|Infinity)/m);
  expect(stderr).toMatch(/It began in .*(dense "middle"|dense "dense")/);
  expect(stderr).toMatch(/Lower the learning rate \(now 1e\+30\).*Begin a new run/);
  expect(stderr).not.toContain("--resume");
});

test("more memory than there is: refused before the run, with both amounts and the layers", async () => {
  const flags = [...quick, "--model", "cnn", "--image-size", "1000", "--batch-size", "100000"];
  const { code, stderr } = await run(folder, "train", "photos", ...flags, "--out", "runs/huge");
  expect(code).toBe(1);
  expect(stderr).toMatch(/needs about [\d.]+ GiB of memory, [\d.]+ (GiB|MiB) are free\. Most of it is for conv2d/);
  expect(stderr).toContain("Use a smaller image size, a smaller batch size or a smaller model.");
  expect(await readdir(join(folder, "runs"))).not.toContain("huge");
});

/** Waits for a word in what a process prints. */
function waitFor(child: ReturnType<typeof start>["child"], word: string): Promise<void> {
  return new Promise((resolve) => {
    child.stdout?.on("data", (text: Buffer) => {
      if (text.toString().includes(word)) resolve();
    });
  });
}

test.each(["SIGINT", "SIGTERM"] as const)("%s twice ends the process at once", async (signal) => {
  const flags = [...quick, "--epochs", "100000", "--out", `runs/${signal}`, "--json"];
  const { child, finished } = start(folder, ["train", "photos", ...flags]);
  await waitFor(child, '"event":"epoch"');
  child.kill(signal);
  child.kill(signal);
  const { code, stdout } = await finished;
  // Both may arrive before the process looks: then it stops as after one.
  expect([130, 1]).toContain(code);
  if (code === 130)
    expect(jsonLines(stdout.slice(0, stdout.lastIndexOf("\n"))).at(-1)).not.toMatchObject({ event: "end" });
  const resumed = await run(folder, "train", "--resume", `runs/${signal}`, "--epochs", "1");
  expect(resumed.code).toBe(2);
});

test("a signal in the last evaluation stops the run too, and it can be gone on with", async () => {
  const flags = [...quick, "--epochs", "1", "--out", "runs/last", "--json"];
  await cp(join(folder, "photos"), join(folder, "parts/train"), { recursive: true });
  for (const [label, name] of ["cold", "warm"].entries()) {
    const picture = await pictureOf(label, 1);
    await mkdir(join(folder, "parts/test", name), { recursive: true });
    for (let number = 0; number < 600; number += 1)
      await writeFile(join(folder, "parts/test", name, `${number}.png`), picture);
  }
  const { child, finished } = start(folder, ["train", "parts", ...flags]);
  await waitFor(child, '"event":"saved"');
  child.kill("SIGTERM");
  const { code, stdout, stderr } = await finished;
  expect([code, stderr]).toEqual([1, expect.stringContaining("Go on with: sinter train --resume runs/last")]);
  expect(jsonLines(stdout).at(-1)).toMatchObject({ event: "end", isStopped: true, bestEpoch: 1 });
  const { code: second, stdout: rest } = await run(folder, "train", "--resume", "runs/last", "--json");
  expect(second).toBe(0);
  expect(jsonLines(rest).at(-1)).toMatchObject({ event: "end", isStopped: false, part: "test" });
});

test("a run that belongs to other data, or is a file, is told apart", async () => {
  const done = await run(folder, "train", "photos", ...quick, "--epochs", "1", "--out", "runs/done");
  expect(done.code, done.stderr).toBe(0);
  await unlink(join(folder, "runs/done/evaluation.json"));
  const config = await readFile(join(folder, "runs/done/config.json"), "utf8");
  await writeFile(join(folder, "runs/done/config.json"), config.replace('"photos"', '"gone"'));
  const gone = await run(folder, "train", "--resume", "runs/done");
  expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('"gone"')]);
  const file = await run(folder, "train", "--resume", "small.mjs");
  expect([file.code, file.stderr]).toEqual([2, expect.stringContaining("is no run")]);
});
