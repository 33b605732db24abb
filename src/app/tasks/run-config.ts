// config.json of a run: the options it was begun with, written and read back. Holds nothing of the machine.

import { SinterError } from "#engine/base/error.ts";
import { optimizerNames } from "#learning/optim/optimizers.ts";
import type { JsonObject, JsonValue } from "./run-folder.ts";
import type { TrainOptions, TrainPlan } from "./train-options.ts";

const task = "image-classification";

/** The plan as config.json keeps it: enough to run it again. */
export function configOf(plan: TrainPlan, classNames: readonly string[], modelName: string): JsonObject {
  return {
    task,
    folder: plan.folder,
    validation: plan.validation,
    test: plan.test,
    split: plan.split,
    fold: plan.fold?.number,
    folds: plan.fold?.of,
    model: modelName,
    imageSize: [...plan.imageSize],
    batchSize: plan.batchSize,
    epochs: plan.epochs,
    stepsPerEpoch: plan.stepsPerEpoch,
    augment: plan.augment === undefined ? "none" : jsonOf(plan.augment),
    optimizer: plan.optimizer,
    learningRate: plan.learningRate,
    earlyStopping: plan.earlyStopping,
    seed: plan.seed,
    onBroken: plan.onBroken,
    checkpointSteps: plan.checkpointSteps,
    classNames: [...classNames],
  };
}

/** Augmentation options hold numbers, lists of numbers, booleans, words and objects of these. */
function jsonOf(options: object): JsonObject {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, jsonValue(value)]));
}

function jsonValue(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(Number);
  if (typeof value === "object" && value !== null) return jsonOf(value);
  return typeof value === "number" || typeof value === "boolean" || typeof value === "string" ? value : null;
}

/** What config.json says of a run that is to go on; the model is known by its name only. */
export interface StoredConfig {
  readonly options: Omit<TrainOptions, "model">;
  readonly modelName: string;
}

/** The options in a config.json. @throws format where one is missing or of another kind */
export function optionsOfConfig(config: JsonObject, path: string): StoredConfig {
  const reader = new ConfigReader(config, path);
  if (reader.text("task") !== task) throw reader.wrong("task");
  const augment = config["augment"];
  const optimizer = optimizerNames.find((name) => name === config["optimizer"]);
  if (optimizer === undefined) throw reader.wrong("optimizer");
  return {
    modelName: reader.text("model"),
    options: {
      folder: reader.text("folder"),
      validation: reader.optionalText("validation"),
      test: reader.optionalText("test"),
      split: reader.number("split"),
      fold: foldOf(reader),
      imageSize: reader.size("imageSize"),
      batchSize: reader.number("batchSize"),
      epochs: reader.number("epochs"),
      stepsPerEpoch: reader.optionalNumber("stepsPerEpoch"),
      augment: typeof augment === "object" && augment !== null ? augment : undefined,
      optimizer,
      learningRate: reader.number("learningRate"),
      earlyStopping: reader.optionalNumber("earlyStopping"),
      seed: reader.number("seed"),
      onBroken: reader.text("onBroken") === "error" ? "error" : "skip",
      checkpointSteps: reader.optionalNumber("checkpointSteps"),
    },
  };
}

function foldOf(reader: ConfigReader): TrainOptions["fold"] {
  const [number, of] = [reader.optionalNumber("fold"), reader.optionalNumber("folds")];
  if (number === undefined && of === undefined) return undefined;
  if (number === undefined || of === undefined) throw reader.wrong("fold");
  return { number, of };
}

/** Fields of a config.json by their kind. */
class ConfigReader {
  readonly #config: JsonObject;
  readonly #path: string;

  constructor(config: JsonObject, path: string) {
    this.#config = config;
    this.#path = path;
  }

  text(name: string): string {
    const value = this.#config[name];
    if (typeof value !== "string") throw this.wrong(name);
    return value;
  }

  optionalText(name: string): string | undefined {
    return this.#config[name] === undefined ? undefined : this.text(name);
  }

  number(name: string): number {
    const value = this.#config[name];
    if (typeof value !== "number") throw this.wrong(name);
    return value;
  }

  optionalNumber(name: string): number | undefined {
    return this.#config[name] === undefined ? undefined : this.number(name);
  }

  size(name: string): readonly [number, number] {
    const value: JsonValue | undefined = this.#config[name];
    const [height, width] = Array.isArray(value) ? value : [];
    if (typeof height !== "number" || typeof width !== "number") throw this.wrong(name);
    return [height, width];
  }

  wrong(name: string): SinterError {
    const value = JSON.stringify(this.#config[name])?.slice(0, 60) ?? "missing";
    return new SinterError("format", `"${this.#path}": ${name} is ${value}. The file is damaged; begin a new run.`, {
      path: this.#path,
      name,
    });
  }
}
