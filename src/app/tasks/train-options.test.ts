import { join } from "node:path";
import "#entry/install-node.ts";
import { expect, test } from "vitest";
import { configOf, optionsOfConfig } from "./run-config.ts";
import { planOf } from "./train-options.ts";

test("defaults are those of the command line", () => {
  expect(planOf({ folder: "photos" })).toMatchObject({
    split: 0.2,
    model: "cnn",
    imageSize: [150, 150],
    batchSize: 32,
    epochs: 20,
    augment: undefined,
    optimizer: "adam",
    learningRate: 1e-3,
    seed: 0,
    onBroken: "skip",
  });
});

test("wrong options say what is right", () => {
  const withExtra = { folder: "photos", image_size: 64 };
  expect(() => planOf(withExtra)).toThrow(/Write imageSize/);
  expect(() => planOf({ folder: "photos", split: 1 })).toThrow(/above 0 and below 1/);
  expect(() => planOf({ folder: "photos", epochs: 0 })).toThrow(/at least 1/);
  expect(() => planOf({ folder: "photos", imageSize: [0, 5] })).toThrow(/imageSize/);
  expect(() => planOf({ folder: "photos", augment: { zoom: 1 } })).toThrow(/augment/);
});

test("the configuration keeps what is needed to run again, and survives JSON", () => {
  const plan = planOf({ folder: "photos", seed: 5, imageSize: 64, augment: "light", earlyStopping: 3 });
  const config = configOf(plan, ["a", "b"], "cnn", "runs/train");
  expect(JSON.parse(JSON.stringify(config))).toEqual({
    task: "image-classification",
    workingFolder: join("..", ".."),
    folder: "photos",
    split: 0.2,
    model: "cnn",
    imageSize: [64, 64],
    batchSize: 32,
    epochs: 20,
    augment: { rotationRange: 10, widthShiftRange: 0.1, heightShiftRange: 0.1, zoomRange: 0.1, fillMode: "nearest" },
    optimizer: "adam",
    learningRate: 1e-3,
    earlyStopping: 3,
    seed: 5,
    onBroken: "skip",
    classNames: ["a", "b"],
  });
});

test("config.json gives the options back", () => {
  const augment = { rotationRange: 10, mixup: { alpha: 0.2 }, brightnessRange: [0.5, 1.5] };
  const plan = planOf({
    folder: "photos",
    test: "more",
    imageSize: [64, 48],
    augment,
    optimizer: "lion",
    seed: 3,
    balance: "weights",
    diskCache: "cache",
    calibrate: true,
  });
  const config = JSON.parse(JSON.stringify(configOf(plan, ["a", "b"], "mine.ts", "runs/train"))) as ReturnType<
    typeof configOf
  >;
  const { options, modelName } = optionsOfConfig(config, "config.json");
  expect(modelName).toBe("mine.ts");
  expect(planOf(options)).toEqual(plan);
});

test.each([
  ["epochs", "many", 'epochs is "many"'],
  ["imageSize", [3], "imageSize is [3]"],
  ["optimizer", "sgdd", 'optimizer is "sgdd"'],
  ["task", "other", 'task is "other"'],
  ["folder", undefined, "folder is missing"],
])("a config.json with a wrong %s is damaged", (name, value, message) => {
  const config = { ...configOf(planOf({ folder: "photos" }), ["a"], "cnn", "runs/train"), [name]: value };
  expect(() => optionsOfConfig(config, "config.json")).toThrow(message);
});

test("augmentation of several levels survives the configuration", () => {
  const augment = {
    horizontalFlip: true,
    mixup: { alpha: 0.2 },
    randomErasing: { fillValue: null, scale: [0.1, 0.2] },
  };
  const config = configOf(planOf({ folder: "photos", augment }), ["a", "b"], "cnn", "runs/train");
  const read: { augment: object } = JSON.parse(JSON.stringify(config));
  expect(read.augment).toEqual(augment);
  expect(planOf({ folder: "photos", augment: read.augment }).augment).toEqual(augment);
});
