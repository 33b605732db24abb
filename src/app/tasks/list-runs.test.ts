// Lists of runs: every state, every kind of damage, both orders. Runs are written by hand, so nothing is trained here.

import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { listRuns } from "./list-runs.ts";

const config = { task: "image-classification", folder: "photos", model: "cnn", epochs: 3, classNames: ["a", "b"] };
const model = { format: "sinter-model", version: 1, name: "cnn", layers: [], preprocessing: {} };
const lines = [
  { epoch: 1, valAccuracy: 0.5, isBest: true },
  { epoch: 2, valAccuracy: 0.75, isBest: true },
  { epoch: 3, valAccuracy: 0.6, isBest: false },
];
const history = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
const whole = {
  "config.json": JSON.stringify(config),
  "history.jsonl": history,
  "model.json": JSON.stringify(model),
  "model.safetensors": "",
  "evaluation.json": JSON.stringify({ part: "test", bestEpoch: 2, accuracy: 0.7 }),
};

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sinter-list-runs-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let numFolders = 0;
async function listOf(runs: Readonly<Record<string, Readonly<Record<string, string>>>>): ReturnType<typeof listRuns> {
  numFolders += 1;
  const folder = join(root, String(numFolders));
  for (const [place, [name, files]] of Object.entries(runs).entries()) {
    await mkdir(join(folder, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, name, file), text);
    const time = new Date(Date.UTC(2026, 0, 1 + place));
    if (files["config.json"] !== undefined) await utimes(join(folder, name, "config.json"), time, time);
  }
  return listRuns(folder);
}

test("a finished run is known by its scores", async () => {
  const [record] = await listOf({ one: whole });
  expect(record).toMatchObject({
    state: "finished",
    reason: undefined,
    startedMs: Date.UTC(2026, 0, 1),
    model: "cnn",
    data: "photos",
    numClasses: 2,
    epochsDone: 3,
    epochs: 3,
    bestEpoch: 2,
    valAccuracy: 0.75,
    testAccuracy: 0.7,
  });
});

test("without scores a run is stopped, without a model unfinished; half a last line is not counted", async () => {
  const { "evaluation.json": _, ...stopped } = whole;
  const records = await listOf({
    stopped: { ...stopped, "history.jsonl": history.slice(0, -1) },
    unfinished: { "config.json": whole["config.json"] },
    nothing: { "notes.txt": "no run" },
  });
  expect(records.map(({ state, epochsDone }) => [state, epochsDone])).toEqual([
    ["unfinished", 0],
    ["stopped", 2],
  ]);
});

test.each([
  ["config.json", "{", /config\.json.*damaged/],
  ["config.json", "[1]", /no JSON object/],
  ["history.jsonl", "{}\nnonsense\n{}\n", /history\.jsonl" line 2/],
  ["evaluation.json", "null", /evaluation\.json/],
  ["model.json", '{"format":"else"}', /model\.json/],
  ["model.json", "\u0000\u0001", /model\.json/],
])("damage in %s (%j) is listed with its reason", async (file, text, reason) => {
  const [record] = await listOf({ broken: { ...whole, [file]: text } });
  expect(record).toMatchObject({ state: "damaged", reason: expect.stringMatching(reason) });
});

test.each(["config.json", "model.json", "model.safetensors"])("without %s a run is damaged", async (missing) => {
  const files = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== missing));
  const [record] = await listOf({ broken: files });
  expect(record).toMatchObject({ state: "damaged", reason: expect.stringContaining(missing) });
});

test("fields of a wrong kind are left out, never shown", async () => {
  const wrong = JSON.stringify({ model: 5, folder: { a: 1 }, epochs: "many", classNames: "ab" });
  const [record] = await listOf({ odd: { ...whole, "config.json": wrong } });
  expect(record).toMatchObject({ model: undefined, data: undefined, epochs: undefined, numClasses: undefined });
});

test("the newest come first, or the best", async () => {
  const scored = (accuracy: number): Record<string, string> => ({
    ...whole,
    "evaluation.json": JSON.stringify({ part: "test", bestEpoch: 2, accuracy }),
  });
  const records = await listOf({ old: scored(0.9), middle: scored(0.2), "cv/fold-1": scored(0.5) });
  const namesOf = (list: typeof records): string[] => list.map(({ run }) => run.slice(-4));
  expect(namesOf(records)).toEqual(["ld-1", "ddle", "/old"]);
  expect(namesOf(await listRuns(join(root, String(numFolders)), "score"))).toEqual(["/old", "ld-1", "ddle"]);
});

test("a folder that is not there is named", async () => {
  await expect(listRuns(join(root, "nowhere"))).rejects.toMatchObject({ code: "file" });
});

test("epochs of fine-tuning come after those of the head", async () => {
  const tuned = JSON.stringify({ ...config, epochs: 2, fineTuneEpochs: 1 });
  const [record] = await listOf({ one: { ...whole, "config.json": tuned } });
  expect(record).toMatchObject({ epochsDone: 3, epochs: 3 });
});
