// The task as a program uses it: sinter/tasks, as built, on small pictures.

import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDevice, currentDevice, loadModel } from "sinter";
import {
  imageClassifier,
  resumeImageClassifier,
  trainImageClassifier,
  writeReport,
  type TrainEvent,
} from "sinter/tasks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pictureOf, writePictures } from "./pictures.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-task-"));
  await writePictures(join(folder, "photos"), ["cold", "warm"], 10);
});
afterAll(async () => {
  await closeDevice();
  await rm(folder, { recursive: true, force: true });
});

test("trains, reports, and is used on paths, bytes and blobs", async () => {
  const events: TrainEvent[] = [];
  const out = join(folder, "run");
  const { run, scores, bestEpoch, part } = await trainImageClassifier({
    folder: join(folder, "photos"),
    imageSize: 12,
    epochs: 4,
    batchSize: 8,
    out,
    onProgress: (event) => events.push(event),
  });
  expect(run).toBe(out);
  expect(part).toBe("validation");
  expect(bestEpoch).toBeGreaterThan(0);
  expect(scores?.accuracy).toBe(1);
  expect(events.filter(({ kind }) => kind === "step")).toHaveLength(4 * 2);

  const classifier = await imageClassifier.load(run);
  expect(classifier.classNames).toEqual(["cold", "warm"]);
  const bytes = new Uint8Array(await pictureOf(1, 77));
  const path = join(folder, "photos", "warm", "2.png");
  const [fromPath, fromBytes, fromBlob] = await classifier.predict([path, bytes, new Blob([bytes])]);
  expect(fromPath?.label).toBe("warm");
  expect(fromBytes).toEqual(fromBlob);
  expect(Object.values(fromBytes?.probabilities ?? {}).reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  expect(fromBytes?.probability).toBe(fromBytes?.probabilities["warm"]);
  await expect(classifier.predict([path, new Uint8Array(8)])).rejects.toMatchObject({ code: "data" });
  expect((await readFile(join(run, "model.json"), "utf8")).includes("warm")).toBe(true);
});

test("more pictures than are predicted in one go keep their order", async () => {
  const classifier = await imageClassifier.load(join(folder, "run"));
  const [cold, warm] = await Promise.all([pictureOf(0, 1), pictureOf(1, 1)]);
  const pictures = Array.from({ length: 300 }, (_, index) => new Uint8Array((index % 3 === 0 ? cold : warm) ?? []));
  const labels = (await classifier.predict(pictures, { top: 1 })).map(({ label }) => label);
  expect(labels).toEqual(pictures.map((_, index) => (index % 3 === 0 ? "cold" : "warm")));
});

describe("options of a training", () => {
  const small = { imageSize: 12, epochs: 2, batchSize: 8 } as const;
  const json = async (path: string): Promise<Record<string, unknown>> => JSON.parse(await readFile(path, "utf8"));

  test("learningRate auto: a range test chooses it, and its curve is in the run and in the report", async () => {
    const events: TrainEvent[] = [];
    const onProgress = (event: TrainEvent): number => events.push(event);
    const out = join(folder, "auto");
    await trainImageClassifier({ ...small, folder: join(folder, "photos"), learningRate: "auto", out, onProgress });
    const { learningRate } = events.find((event) => event.kind === "learningRate") ?? {};
    expect(learningRate).toBeGreaterThan(1e-7);
    expect(await json(join(out, "config.json"))).toMatchObject({ learningRate });
    const { suggestion, points } = await json(join(out, "lr-find.json"));
    expect(Number(Number(suggestion).toPrecision(2))).toBe(learningRate);
    expect(points).toHaveProperty("length");
    const { html, json: numbers } = await writeReport(out);
    expect(await readFile(html, "utf8")).toContain('id="chart-range-test-t"');
    expect(await json(numbers)).toMatchObject({ rateCurve: { suggestion } });
  });

  test("balance: weights and oversampling each learn otherwise; an epoch of the latter is longer", async () => {
    const photos = join(folder, "unequal");
    await writePictures(photos, ["cold", "warm"], 12);
    for (const name of (await readdir(join(photos, "warm"))).slice(4)) await rm(join(photos, "warm", name));
    const run = async (balance: "none" | "weights" | "oversample"): Promise<[number, Buffer]> => {
      let steps = 0;
      const onProgress = ({ kind }: TrainEvent): void => void (steps += Number(kind === "step"));
      const out = join(folder, `balance-${balance}`);
      await trainImageClassifier({ ...small, folder: photos, batchSize: 4, balance, out, onProgress });
      return [steps, await readFile(join(out, "model.safetensors"))];
    };
    const [[plainSteps, plain], [weighedSteps, weighed], [moreSteps]] = [
      await run("none"),
      await run("weights"),
      await run("oversample"),
    ];
    expect(weighedSteps).toBe(plainSteps);
    expect(weighed.equals(plain)).toBe(false);
    expect(moreSteps).toBeGreaterThan(plainSteps);
  });

  test("diskCache keeps the decoded pictures, and changes no bit", async () => {
    const [diskCache, photos] = [join(folder, "cache"), join(folder, "photos")];
    await trainImageClassifier({ ...small, folder: photos, diskCache, out: join(folder, "cached") });
    await trainImageClassifier({ ...small, folder: photos, out: join(folder, "uncached") });
    expect(await readdir(diskCache)).toHaveLength(20);
    const weights = async (run: string): Promise<Buffer> => readFile(join(folder, run, "model.safetensors"));
    expect((await weights("cached")).equals(await weights("uncached"))).toBe(true);
  });

  test("calibrate: a temperature is saved with the model", async () => {
    const events: TrainEvent[] = [];
    const out = join(folder, "calibrated");
    const onProgress = (event: TrainEvent): number => events.push(event);
    await trainImageClassifier({ ...small, folder: join(folder, "photos"), calibrate: true, out, onProgress });
    const { calibration } = events.find((event) => event.kind === "calibration") ?? {};
    expect(calibration?.after.logLoss).toBeLessThanOrEqual(calibration?.before.logLoss ?? 0);
    expect((await loadModel(out)).preprocessing.temperature).toBe(calibration?.temperature);
  });

  test.each([
    [{ balance: "even" }, /balance "even" is not known/],
    [{ learningRate: -1 }, /learningRate/],
  ])("%o is refused", async (wrong, message) => {
    const options = { folder: join(folder, "photos"), ...wrong } as Parameters<typeof trainImageClassifier>[0];
    await expect(trainImageClassifier(options)).rejects.toThrow(message);
  });
});

describe("a run that goes on", () => {
  /** Stops in the first epoch. */
  async function stoppedRun(photos: string, out: string): Promise<void> {
    const stop = new AbortController();
    const onProgress = ({ kind }: TrainEvent): void => {
      if (kind === "step") stop.abort();
    };
    const options = { folder: photos, imageSize: 12, epochs: 2, batchSize: 4, out, onProgress, signal: stop.signal };
    expect((await trainImageClassifier(options)).isStopped).toBe(true);
  }

  test("is found from another folder, and so is its data; moved together they are found too", async () => {
    const before = process.cwd();
    const home = join(folder, "home");
    await writePictures(join(home, "photos"), ["cold", "warm"], 6);
    try {
      process.chdir(home);
      await stoppedRun("photos", join("runs", "one"));
      process.chdir(tmpdir());
      await rename(home, join(folder, "moved"));
      const run = join(folder, "moved", "runs", "one");
      expect(await resumeImageClassifier(run)).toMatchObject({ isStopped: false, wasFinished: false });
      expect((await writeReport(run, { checkData: true })).numBytes).toBeGreaterThan(0);
    } finally {
      process.chdir(before);
    }
  });

  test("on another kind of device is warned that its last bits will be others", async () => {
    const out = join(folder, "elsewhere");
    await stoppedRun(join(folder, "photos"), out);
    const path = join(out, "environment.json");
    const environment: object = JSON.parse(await readFile(path, "utf8"));
    expect(environment).toMatchObject({ arithmetic: currentDevice().arithmetic });
    await writeFile(path, JSON.stringify({ ...environment, arithmetic: "abacus" }));
    const warnings: string[] = [];
    const onProgress = (event: TrainEvent): void => void (event.kind === "warning" && warnings.push(event.message));
    await resumeImageClassifier(out, { onProgress });
    expect(warnings).toEqual([expect.stringContaining('begun with the arithmetic "abacus"')]);
  });

  test("is written by one training at a time; a lock that was left behind holds nobody up", async () => {
    const out = join(folder, "locked");
    await stoppedRun(join(folder, "photos"), out);
    expect(await readdir(out)).not.toContain(".lock");
    await writeFile(join(out, ".lock"), JSON.stringify({ process: process.ppid }));
    await expect(resumeImageClassifier(out)).rejects.toThrow(
      `"${out}" is being trained by process ${process.ppid}. Wait for it or end it`,
    );
    await writeFile(join(out, ".lock"), "{");
    const [first, second] = await Promise.allSettled([resumeImageClassifier(out), resumeImageClassifier(out)]);
    expect([first.status, second.status].toSorted()).toEqual(["fulfilled", "rejected"]);
  });
});
