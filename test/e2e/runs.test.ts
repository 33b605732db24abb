// The commands around runs, as whole processes: cross-validation, lists, insides, comparisons, the learning-rate finder.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writePictures } from "./pictures.ts";
import { jsonLines, run } from "./program.ts";

const quick = ["--image-size", "12x12", "--batch-size", "8"];
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-runs-"));
  await writePictures(join(folder, "photos"), ["cold", "warm"], 9);
  for (const [name, rate] of [
    ["one", "0.001"],
    ["two", "0.01"],
  ] as const) {
    const args = ["train", "photos", ...quick, "--epochs", "1", "--learning-rate", rate, "--out", `runs/${name}`];
    const { code, stderr } = await run(folder, ...args);
    expect(code, stderr).toBe(0);
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test(
  "train --folds trains once a fold, pools the confusion, and each fold is a run",
  { timeout: 120_000 },
  async () => {
    const trained = await run(
      folder,
      "train",
      "photos",
      ...quick,
      "--epochs",
      "1",
      "--folds",
      "3",
      "--out",
      "cv",
      "--json",
    );
    expect(trained.code, trained.stderr).toBe(0);
    expect(trained.stderr).toContain("fold 3/3");
    expect((await readdir(join(folder, "cv"))).toSorted()).toEqual([
      "cross-validation.json",
      "fold-1",
      "fold-2",
      "fold-3",
    ]);
    const written = JSON.parse(await readFile(join(folder, "cv", "cross-validation.json"), "utf8")) as {
      folds: { run: string; accuracy: number }[];
      scores: Record<string, { mean: number; standardDeviation: number }>;
      confusion: number[][];
    };
    const accuracies = written.folds.map(({ accuracy }) => accuracy);
    expect(written.folds.map((fold) => fold.run)).toEqual(["fold-1", "fold-2", "fold-3"]);
    const mean = accuracies.reduce((sum, value) => sum + value, 0) / 3;
    expect(written.scores["accuracy"]?.mean).toBeCloseTo(mean, 12);
    const squares = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    expect(written.scores["accuracy"]?.standardDeviation).toBeCloseTo(Math.sqrt(squares / 2), 12);
    // Every picture is judged once.
    expect(written.confusion.map((row) => row.reduce((sum, count) => sum + count, 0))).toEqual([9, 9]);

    const records = jsonLines((await run(folder, "runs", "cv", "--json")).stdout);
    expect(records.map(({ state }) => state)).toEqual(["finished", "finished", "finished"]);
    const resumed = await run(folder, "train", "--resume", "cv/fold-2");
    expect(resumed.code, resumed.stderr).toBe(0);

    const both = await run(folder, "train", "photos", "--folds", "3", "--split", "0.5");
    expect(both.code).toBe(2);
    expect(both.stderr).toMatch(/--folds with --split/);
  },
);

test("a fold that was ended goes on as the same fold", { timeout: 120_000 }, async () => {
  const trained = await run(folder, "train", "photos", ...quick, "--epochs", "1", "--folds", "2", "--out", "cv2");
  expect(trained.code, trained.stderr).toBe(0);
  const data = await readFile(join(folder, "cv2/fold-1/data.json"), "utf8");
  expect(await readFile(join(folder, "cv2/fold-2/data.json"), "utf8")).not.toBe(data);
  await rm(join(folder, "cv2/fold-1/evaluation.json"));
  const resumed = await run(folder, "train", "--resume", "cv2/fold-1");
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(await readFile(join(folder, "cv2/fold-1/data.json"), "utf8")).toBe(data);
});

test("runs lists what is there, damaged or not", async () => {
  await writeFile(join(folder, "runs", "notes.txt"), "no run");
  const { code, stdout } = await run(folder, "runs");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^run +begun +model/);
  expect(stdout).toMatch(/runs.one .*cnn +photos +2 +1\/1 .*finished/);
  expect((await run(folder, "runs", "nowhere")).code).toBe(2);
});

test("inspect shows a run, its tensors, its model", async () => {
  const whole = await run(folder, "inspect", "runs/one");
  expect(whole.code, whole.stderr).toBe(0);
  for (const text of ["learningRate  0.001", "Total params", "accuracy", "model.safetensors"]) {
    expect(whole.stdout).toContain(text);
  }
  const [report] = jsonLines((await run(folder, "inspect", "runs/one", "--json")).stdout);
  expect(report).toMatchObject({ kind: "run", config: { epochs: 1 }, network: { numLayers: expect.any(Number) } });
  const tensors = await run(folder, "inspect", "runs/one/model.safetensors");
  expect(tensors.stdout).toMatch(/conv2d\/kernel +f32 +\[3, 3, 3, 32\] +3,456/);
  const [file] = jsonLines((await run(folder, "inspect", "runs/one/model.json", "--json")).stdout);
  expect(file).toMatchObject({ kind: "model", model: { name: "cnn" } });
});

test("convert writes tensors and models in other formats, over nothing that is there", async () => {
  const tensors = ["convert", "runs/one/model.safetensors", "one.npz"];
  const first = await run(folder, ...tensors);
  expect(first.code, first.stderr).toBe(0);
  expect(first.stdout).toMatch(/model\.safetensors \(safetensors\) → one\.npz \(npz\), \d+ tensors/);
  const again = await run(folder, ...tensors);
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("is there already")]);
  const [forced] = jsonLines((await run(folder, ...tensors, "--force", "--json")).stdout);
  expect(forced).toMatchObject({ from: "safetensors", to: "npz", lost: expect.any(Array) });
  const keras = await run(folder, "convert", "runs/one", "one.keras");
  expect(keras.code, keras.stderr).toBe(0);
  expect((await run(folder, "inspect", "one.keras")).stdout).toMatch(/a model \(keras\).* flops a sample/);
});

test("compare shows what differs, and asks both about the same pictures", async () => {
  const { code, stdout, stderr } = await run(folder, "compare", "runs/one", "runs/two", "--on", "photos", "--json");
  expect(code, stderr).toBe(0);
  const [comparison] = jsonLines(stdout);
  expect(comparison?.["differences"]).toEqual([{ name: "config.learningRate", values: [0.001, 0.01] }]);
  expect(comparison).toMatchObject({
    on: { numSamples: 18, tests: [{ first: "runs/one", second: "runs/two", pValue: expect.any(Number) }] },
  });
  const words = await run(folder, "compare", "runs/one", "runs/two", "--on", "photos");
  expect(words.stdout).toMatch(/config.learningRate +0.001 +0.01/);
  expect(words.stdout).toContain("McNemar");
  expect((await run(folder, "compare", "runs/one")).code).toBe(2);
});

test("lr-find draws the curve, and writes it where it is told to", { timeout: 120_000 }, async () => {
  const { code, stdout, stderr } = await run(folder, "lr-find", "photos", ...quick, "--steps", "40", "--out", "curve");
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("└────");
  expect((await readdir(join(folder, "curve"))).toSorted()).toEqual(["lr-find.json", "lr-find.svg"]);
  const curve = JSON.parse(await readFile(join(folder, "curve", "lr-find.json"), "utf8")) as { points: object[] };
  expect(curve.points.length).toBeGreaterThan(20);
  const svg = await readFile(join(folder, "curve", "lr-find.svg"), "utf8");
  expect(svg).toMatch(/^<svg .*\n[\s\S]*<polyline [\s\S]*<\/svg>\n$/);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  const again = await run(folder, "lr-find", "photos", ...quick, "--out", "curve");
  expect(again.code).toBe(2);
});
