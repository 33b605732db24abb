// The task as a program uses it: sinter/tasks, as built, on small pictures.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDevice } from "sinter";
import { imageClassifier, trainImageClassifier, type TrainEvent } from "sinter/tasks";
import { afterAll, beforeAll, expect, test } from "vitest";
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
