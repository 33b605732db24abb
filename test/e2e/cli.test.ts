// The command line as whole processes on small pictures: what is written where, and what the exit code says.

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeEvents } from "#learning/formats/tfevents.ts";
import { pictureOf, writePictures } from "./pictures.ts";
import { jsonLines, run, start } from "./program.ts";

let folder = "";
const quick = ["--image-size", "12x12", "--epochs", "2", "--batch-size", "8"];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-cli-"));
  await writePictures(join(folder, "photos"), ["cold", "warm"], 12);
  await mkdir(join(folder, "empty"));
  await mkdir(join(folder, "one-class"));
  await writePictures(join(folder, "one-class"), ["cold"], 3);
  for (const part of ["train", "valid", "test"]) {
    await writePictures(join(folder, "parts", part), ["blue", "red", "green"], part === "train" ? 8 : 4);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the rate by a range test, oversampling, decoded pictures kept, probabilities calibrated", async () => {
  const options = ["--learning-rate", "auto", "--balance", "oversample", "--cache", "decoded", "--calibrate"];
  const { code, stdout, stderr } = await run(folder, "train", "photos", ...quick, ...options, "--out", "runs/options");
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^rate {9}\S+, by a range test of \d+ steps$/m);
  expect(stdout).toMatch(/^Calibrated: temperature \S+, log loss \S+ → \S+, calibration error \S+ → \S+$/m);
  expect(await readdir(join(folder, "decoded"))).toHaveLength(24);
  const config: unknown = JSON.parse(await readFile(join(folder, "runs/options/config.json"), "utf8"));
  expect(config).toMatchObject({ balance: "oversample", diskCache: "decoded", calibrate: true });
});

test("event files for TensorBoard lie beside those of other runs", async () => {
  const { code, stderr } = await run(
    folder,
    "train",
    "photos",
    ...quick,
    "--tensorboard",
    "logs",
    "--out",
    "runs/board",
  );
  expect(code, stderr).toBe(0);
  expect((await readdir(join(folder, "logs"))).toSorted()).toEqual(["board"]);
  const parts = await Promise.all(
    ["", "train", "validation"].map(async (part) => {
      const names = await readdir(join(folder, "logs/board", part));
      const file = names.find((name) => name.includes("tfevents")) ?? "";
      return decodeEvents(await readFile(join(folder, "logs/board", part, file))).events;
    }),
  );
  const tags = parts.map((events) =>
    events.flatMap(({ content }) =>
      content.kind === "summary" ? content.values.map((value) => ("tag" in value ? value.tag : value.kind)) : [],
    ),
  );
  expect(tags[0]).toEqual(["sessionStart", "sessionEnd"]);
  expect(tags[1]?.filter((tag) => tag === "epoch_loss")).toHaveLength(2);
  expect(tags[1]?.some((tag) => tag.endsWith("kernel/histogram"))).toBe(true);
  expect(tags[2]?.filter((tag) => tag === "epoch_accuracy")).toHaveLength(2);
  const own = await run(folder, "train", "photos", ...quick, "--out", "runs/own-board", "--tensorboard");
  expect(own.code, own.stderr).toBe(0);
  expect(await readdir(join(folder, "runs/own-board/tensorboard"))).toContain("train");
});

test.each([
  [["--learning-rate", "fast"], "Give a number above 0, as in 1e-3, or auto."],
  [["--learning-rate", "0"], "Give a number above 0, as in 1e-3, or auto."],
  [["--balance", "weight"], "Did you mean weights? Known are none, weights, oversample."],
])("train %o is refused", async (flags, message) => {
  const { code, stderr } = await run(folder, "train", "photos", ...flags);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

describe("train, evaluate, predict", () => {
  test("with --json standard output is JSON lines, and the run can be used", async () => {
    const trained = await run(folder, "train", "photos", ...quick, "--out", "runs/first", "--json");
    expect(trained.stderr).toContain("epoch 1/2");
    expect(trained.code).toBe(0);
    const events = jsonLines(trained.stdout);
    expect(events.map(({ event }) => event)).toEqual([
      "data",
      "model",
      "epoch",
      "saving",
      "saved",
      "epoch",
      "saving",
      "saved",
      "evaluation",
      "end",
    ]);
    expect(events[0]).toMatchObject({ numTrain: 20, numValidation: 4, classNames: ["cold", "warm"] });
    expect(events[2]).toMatchObject({ epoch: 1, loss: expect.any(Number), valLoss: expect.any(Number) });
    expect((await readdir(join(folder, "runs/first"))).toSorted()).toEqual([
      "checkpoints",
      "config.json",
      "data.json",
      "environment.json",
      "evaluation.json",
      "history.jsonl",
      "model-card.md",
      "model.json",
      "model.safetensors",
      "report.html",
      "report.json",
      "resources.json",
    ]);

    const evaluated = await run(folder, "evaluate", "runs/first", "photos", "--json");
    expect(evaluated.code).toBe(0);
    const [scores] = jsonLines(evaluated.stdout);
    expect(scores).toMatchObject({ accuracy: 1, precision: 1, recall: 1, f1: 1, auc: 1 });
    expect(scores).toMatchObject({
      confusion: [
        [12, 0],
        [0, 12],
      ],
      perClass: [{ name: "cold" }, { name: "warm" }],
      loss: expect.any(Number),
    });

    const predicted = await run(folder, "predict", "runs/first", "photos/warm/3.png", "photos/cold", "--json");
    expect(predicted.code).toBe(0);
    const answers = jsonLines(predicted.stdout);
    expect(answers).toHaveLength(13);
    expect(answers[0]).toMatchObject({ file: "photos/warm/3.png", label: "warm", probability: expect.any(Number) });
    expect(Object.keys(answers[0]?.["probabilities"] as object)).toEqual(["warm", "cold"]);
    expect(answers[1]).toMatchObject({ label: "cold" });
  });

  test("folders named train, valid and test are the parts; the test part is scored", async () => {
    const trained = await run(folder, "train", "parts", ...quick, "--epochs", "3", "--out", "runs/parts", "--json");
    expect(trained.code, trained.stderr).toBe(0);
    const events = jsonLines(trained.stdout);
    expect(events[0]).toMatchObject({ numTrain: 24, numValidation: 12, numTest: 12 });
    expect(events.at(-2)).toMatchObject({ event: "evaluation", part: "test", numSamples: 12 });
    const evaluated = await run(folder, "evaluate", "runs/parts", "parts", "--json");
    expect(jsonLines(evaluated.stdout)[0]).toMatchObject({ numSamples: 12, folder: join("parts", "test") });
  });

  test("the same seed gives the same numbers, on one thread or two", async () => {
    const history = async (name: string, ...flags: string[]): Promise<unknown[]> => {
      const { code, stderr } = await run(folder, "train", "photos", ...quick, "--out", name, ...flags);
      expect(code, stderr).toBe(0);
      const lines = jsonLines(await readFile(join(folder, name, "history.jsonl"), "utf8"));
      return lines.map((line) => ({ ...line, seconds: 0 }));
    };
    const first = await history("runs/a", "--seed", "3", "--threads", "1", "--augment", "light");
    expect(await history("runs/b", "--seed", "3", "--threads", "2", "--augment", "light")).toEqual(first);
    expect(await history("runs/c", "--seed", "4", "--threads", "2", "--augment", "light")).not.toEqual(first);
  });

  test("people get words and tables", async () => {
    const trained = await run(folder, "train", "photos", ...quick, "--early-stopping", "1", "--out", "runs/words");
    expect(trained.stdout).toMatch(/training +20 pictures/);
    expect(trained.stdout).toMatch(/epoch 1\/2 .* images\/s .*valLoss/);
    expect(trained.stdout).toMatch(/true \\ taken for +cold +warm/);
    expect(trained.stdout).not.toContain("\u001B");
    const predicted = await run(folder, "predict", "runs/words", "photos/cold/1.png", "--top", "1");
    expect(predicted.stdout).toMatch(/^photos\/cold\/1.png {2}(cold|warm) \d+\.\d %\n$/);
  });

  test("the js device computes the same model", async () => {
    const flags = ["--image-size", "8", "--epochs", "1", "--batch-size", "20", "--model", "tiny.mjs"];
    await writeFile(
      join(folder, "tiny.mjs"),
      `import { layers } from "sinter";
      export const model = ({ imageSize }) => [
        layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [...imageSize, 3] }),
        layers.flatten(),
        layers.dense({ units: 1, activation: "sigmoid" }),
      ];`,
    );
    const losses = await Promise.all(
      ["js", "wasm"].map(async (device) => {
        const out = `runs/${device}`;
        const { code, stderr } = await run(folder, "train", "photos", ...flags, "--device", device, "--out", out);
        expect(code, stderr).toBe(0);
        return Number(jsonLines(await readFile(join(folder, out, "history.jsonl"), "utf8"))[0]?.["loss"]);
      }),
    );
    expect(losses[0]).toBeCloseTo(losses[1] ?? Number.NaN, 5);
  });
});

describe("a model of the user's own", () => {
  const source = `
    import { layers, sequential } from "sinter";
    interface Request { imageSize: [number, number]; classNames: string[]; channels: number }
    export function model({ imageSize, channels }: Request) {
      return sequential([
        layers.flatten({ inputShape: [...imageSize, channels] }),
        layers.dense({ units: 1, activation: "sigmoid" }),
      ]);
    }`;

  test("may be TypeScript, and is copied into the run", async () => {
    await writeFile(join(folder, "mine.ts"), source);
    const trained = await run(folder, "train", "photos", ...quick, "--model", "mine.ts", "--out", "runs/mine");
    expect(trained.code, trained.stderr).toBe(0);
    expect(await readFile(join(folder, "runs/mine/mine.ts"), "utf8")).toBe(source);
  });

  test.each([
    ["nothing.ts", undefined, 2, /nothing\.ts" is not there/],
    ["broken.ts", "export function model( {", 2, /cannot be imported/],
    ["other.js", "export const net = 1;", 2, /exports net, expected a function model/],
    ["number.js", "export const model = () => 3;", 2, /gave neither a model nor a list of layers/],
    [
      "wide.mjs",
      'import { layers } from "sinter"; export const model = () => [layers.flatten({ inputShape: [12, 12, 3] }), layers.dense({ units: 5 })];',
      1,
      /gives \[5\].*for 2 classes.*units: 1, activation: "sigmoid"/,
    ],
    [
      "other-size.mjs",
      'import { layers } from "sinter"; export const model = () => [layers.flatten({ inputShape: [9, 9, 3] }), layers.dense({ units: 1, activation: "sigmoid" })];',
      1,
      /takes \[9, 9, 3\], the pictures are \[12, 12, 3\]/,
    ],
  ])("%s is refused with the way out", async (name, text, code, message) => {
    if (text !== undefined) await writeFile(join(folder, name), text);
    const trained = await run(folder, "train", "photos", ...quick, "--model", name, "--out", `runs/${name}`);
    expect(trained.stderr).toMatch(message);
    expect(trained.code).toBe(code);
    expect(existsSync(join(folder, "runs", name))).toBe(false);
  });
});

describe("the folder of a run", () => {
  test("counts up by default, and is never overwritten", async () => {
    const place = join(folder, "place");
    await mkdir(place);
    const args = ["train", join(folder, "photos"), ...quick, "--epochs", "1"];
    await run(place, ...args);
    await run(place, ...args);
    expect((await readdir(join(place, "runs"))).toSorted()).toEqual(["train", "train-2"]);
    const before = await readFile(join(place, "runs/train/model.safetensors"));
    const refused = await run(place, ...args, "--out", "runs/train");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/is there already.*--out/);
    expect(await readFile(join(place, "runs/train/model.safetensors"))).toEqual(before);
  });

  test("an interrupt ends training after the step, and what was learnt can be used", async () => {
    const args = ["train", "photos", ...quick, "--epochs", "100000", "--out", "runs/stopped", "--json"];
    const { child, finished } = start(folder, args);
    await new Promise<void>((resolve) => {
      child.stdout?.on("data", (text: Buffer) => {
        if (text.toString().includes('"event":"epoch"')) resolve();
      });
    });
    child.kill("SIGINT");
    const { code, stdout } = await finished;
    expect(code).toBe(1);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ event: "end", isStopped: true });
    const predicted = await run(folder, "predict", "runs/stopped", "photos/cold/1.png");
    expect(predicted.code, predicted.stderr).toBe(0);
  });
});

describe("pictures that cannot be read", () => {
  test("are left out and listed, or are an error", async () => {
    const pictures = join(folder, "some-broken");
    await writePictures(pictures, ["cold", "warm"], 8);
    await writeFile(join(pictures, "cold", "note.png"), "this is no picture");
    await writeFile(join(pictures, "warm", "cut.png"), (await pictureOf(1, 5)).subarray(0, 200));
    const skipped = await run(folder, "train", "some-broken", ...quick, "--out", "runs/skipped", "--json");
    expect(skipped.code, skipped.stderr).toBe(0);
    const { pictures: listed } = JSON.parse(await readFile(join(folder, "runs/skipped/broken.json"), "utf8")) as {
      pictures: { file: string }[];
    };
    expect(listed.map(({ file }) => file).toSorted()).toEqual([
      join("some-broken", "cold", "note.png"),
      join("some-broken", "warm", "cut.png"),
    ]);
    const refused = await run(
      folder,
      "train",
      "some-broken",
      ...quick,
      "--on-broken",
      "error",
      "--out",
      "runs/refused",
    );
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/(note|cut)\.png" cannot be read/);

    const args = ["predict", "runs/skipped", "some-broken/cold/note.png", "some-broken/cold/1.png", "--json"];
    const predicted = await run(folder, ...args);
    expect(predicted.code).toBe(1);
    const [broken, good] = jsonLines(predicted.stdout);
    expect(broken).toMatchObject({ file: "some-broken/cold/note.png", error: expect.any(String) });
    expect(good).toMatchObject({ file: "some-broken/cold/1.png", label: expect.any(String) });
    const evaluated = await run(folder, "evaluate", "runs/skipped", "some-broken", "--json");
    expect(jsonLines(evaluated.stdout)[0]).toMatchObject({ numSamples: 16 });
  });
});

describe("wrong use", () => {
  test.each([
    [["trian", "photos"], /Did you mean train/],
    [["train"], /missing required argument 'FOLDER'/],
    [["train", "photos", "--epoch", "3"], /Did you mean --epochs/],
    [["train", "photos", "--epochs", "0"], /whole number of at least 1/],
    [["train", "photos", "--epochs", "many"], /whole number/],
    [["train", "photos", "--image-size", "0"], /height x width/],
    [["train", "photos", "--image-size", "15by15"], /height x width/],
    [["train", "photos", "--image-size", "3x3"], /smaller than its 4 x 4/],
    [["train", "photos", "--split", "1.5"], /share above 0 and below 1/],
    [["train", "photos", "--model", "cn"], /Did you mean cnn/],
    [["train", "photos", "--augment", "ligt"], /Did you mean light/],
    [["train", "photos", "--augment", "none.json"], /none\.json" is not there/],
    [["train", "photos", "--optimizer", "adm"], /Did you mean adam/],
    [["train", "photos", "--learning-rate", "-1"], /above 0/],
    [["train", "photos", "--device", "wasn"], /Did you mean wasm/],
    [["train", "photos", "--on-broken", "skp"], /Did you mean skip/],
    [["train", "no-such-folder"], /no-such-folder": there is no such folder/],
    [["train", "photos", "--test", "no-such-folder"], /no-such-folder": there is no such folder/],
    [["predict", "no-such-run", "photos/cold/1.png"], /no-such-run" is no run.*model\.json/],
    [["predict", "photos"], /missing required argument/],
    [["evaluate", "no-such-run", "photos"], /no-such-run" is no run/],
  ])("sinter %j", async (args, message) => {
    const { code, stdout, stderr } = await run(folder, ...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n +at /);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  test.each([
    ["empty", /is empty.*Put the pictures of each class into a folder/],
    ["one-class", /has one class, "cold"/],
  ])("the folder %s does not serve", async (name, message) => {
    const { code, stderr } = await run(folder, "train", name);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n +at /);
    expect(code).toBe(1);
  });

  test("augmentation of a file is checked by name", async () => {
    await writeFile(join(folder, "augment.json"), '{ "rotation_range": 10 }');
    const { code, stderr } = await run(folder, "train", "photos", "--augment", "augment.json");
    expect(stderr).toMatch(/Write rotationRange/);
    expect(code).toBe(2);
  });

  test("--debug shows where an error came from", async () => {
    const { stderr } = await run(folder, "train", "no-such-folder", "--debug");
    expect(stderr).toMatch(/\n +at /);
  });
});

test("doctor says what was found and chosen", async () => {
  const { code, stdout } = await run(folder, "doctor");
  expect(stdout).toMatch(/^node +\d+\./m);
  for (const name of ["native", "wasm", "js"]) expect(stdout).toMatch(new RegExp(`^device +${name}: `, "m"));
  const best = /^device +native: no: /m.test(stdout) ? "wasm" : "native";
  expect(stdout).toMatch(new RegExp(`^chosen +${best}, the fastest`, "m"));
  expect(code).toBe(0);
  const [facts] = jsonLines((await run(folder, "doctor", "--json")).stdout);
  expect(facts).toMatchObject({ chosen: best, problems: [], sharp: expect.any(String) });
});

test("help and version are no errors", async () => {
  expect((await run(folder, "--help")).stdout).toContain("train [options] [FOLDER]");
  expect((await run(folder, "train", "--help")).code).toBe(0);
  expect((await run(folder, "--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await run(folder)).code).toBe(2);
});

describe("data check", () => {
  const planted = async (name: string): Promise<void> => {
    await writePictures(join(folder, name), ["cold", "warm"], 3);
    await writeFile(join(folder, name, "warm", "broken.png"), "no picture");
  };

  test("tells people what is wrong, and fails for what is serious", async () => {
    await planted("checked");
    const { code, stdout } = await run(folder, "data", "check", "checked");
    expect(code).toBe(1);
    expect(stdout).toContain("1 cannot be read:");
    expect(stdout).toContain(join("checked", "warm", "broken.png"));
  });

  test("with --json gives the findings and a summary", async () => {
    await planted("checked-json");
    const { code, stdout } = await run(folder, "data", "check", "checked-json", "--json");
    const events = jsonLines(stdout);
    expect(code).toBe(1);
    expect(events.at(-1)).toMatchObject({ event: "summary", isSerious: true, counts: { broken: 1 } });
    expect(events).toContainEqual(expect.objectContaining({ event: "finding", kind: "broken" }));
  });

  test("of a folder that is not there is wrong use", async () => {
    const { code, stderr } = await run(folder, "data", "check", "nowhere");
    expect([code, stderr]).toEqual([2, expect.stringContaining("there is no such folder")]);
  });
});
