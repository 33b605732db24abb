// Random command lines of one seed; `npm run fuzz` runs many more, of a fresh one. And wrong names, which get the right one.

import { expect, test } from "vitest";
import { runLine } from "./command-lines.ts";
import { checkLines } from "./lines.ts";

test("200 random command lines", { timeout: 240_000 }, async () => {
  const counts = await checkLines(200, 1);
  // The lines are of use only where some are right and some are wrong.
  for (const exitCode of [0, 1, 2]) expect(counts[exitCode], `exit code ${exitCode}`).toBeGreaterThan(0);
});

test.each([
  [["train", "photos", "--learningrate", "1"], "--learning-rate"],
  [["train", "photos", "--learning_rate", "1"], "--learning-rate"],
  [["train", "photos", "--learningRate", "1"], "--learning-rate"],
  [["train", "photos", "--learningRate=1"], "--learning-rate"],
  [["train", "photos", "--epoch", "1"], "--epochs"],
  [["train", "photos", "--imageSize", "8"], "--image-size"],
  [["train", "photos", "--image_size", "8"], "--image-size"],
  [["train", "photos", "--stepsperepoch", "8"], "--steps-per-epoch"],
  [["evaluate", "run", "photos", "--jsn"], "--json"],
  [["trian", "photos"], "train"],
  [["Train", "photos"], "train"],
  [["evalute", "photos"], "evaluate"],
  [["lrfind", "photos"], "lr-find"],
  [["lr_find", "photos"], "lr-find"],
  [["data", "chek", "photos"], "check"],
])("%j gets the nearest right name", async (args, right) => {
  const { exitCode, stderr } = await runLine(args);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(new RegExp(`Did you mean ${right}\\?`));
});
