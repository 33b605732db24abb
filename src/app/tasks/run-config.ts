// config.json of a run: the options it was begun with, written and read back. Holds nothing of the machine.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { optimizerNames } from "#learning/optim/optimizers.ts";
import { pathIn } from "./evaluation-folder.ts";
import type { JsonObject, JsonValue } from "./run-folder.ts";
import { balances, type TrainOptions, type TrainPlan } from "./train-options.ts";

const task = "image-classification";

/** The plan as config.json keeps it: enough to run it again. */
export function configOf(plan: TrainPlan, classNames: readonly string[], modelName: string, run: string): JsonObject {
  return {
    task,
    workingFolder: platform().files.relative(run, "."),
    folder: plan.folder,
    validation: plan.validation,
    test: plan.test,
    split: plan.split,
    fold: plan.fold?.number,
    folds: plan.fold?.of,
    model: modelName,
    ...plan.transfer,
    imageSize: [...plan.imageSize],
    batchSize: plan.batchSize,
    epochs: plan.epochs,
    stepsPerEpoch: plan.stepsPerEpoch,
    augment: plan.augment === undefined ? "none" : jsonOf(plan.augment),
    optimizer: plan.optimizer,
    learningRate: plan.learningRate,
    balance: plan.balance,
    diskCache: plan.diskCache,
    calibrate: plan.calibrate,
    earlyStopping: plan.earlyStopping,
    seed: plan.seed,
    onBroken: plan.onBroken,
    checkpointSteps: plan.checkpointSteps,
    tensorBoard: plan.tensorBoard,
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

/** The options of a run but for its model. */
export type StoredOptions = Omit<TrainOptions, "model">;

/** What config.json says of a run that is to go on; the model is known by its name only. */
export interface StoredConfig {
  /** The folder that relative paths start from, seen from the run. */
  readonly workingFolder: string | undefined;
  readonly options: StoredOptions;
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
    workingFolder: reader.optionalText("workingFolder"),
    modelName: reader.text("model"),
    options: {
      folder: reader.text("folder"),
      validation: reader.optionalText("validation"),
      test: reader.optionalText("test"),
      split: reader.number("split"),
      fold: foldOf(reader),
      weights: reader.optionalText("weights"),
      freeze: freezeOf(reader),
      fineTuneEpochs: reader.optionalNumber("fineTuneEpochs"),
      fineTuneRate: reader.optionalNumber("fineTuneRate"),
      variants: reader.optionalNumber("variants"),
      imageSize: reader.size("imageSize"),
      batchSize: reader.number("batchSize"),
      epochs: reader.number("epochs"),
      stepsPerEpoch: reader.optionalNumber("stepsPerEpoch"),
      augment: typeof augment === "object" && augment !== null ? augment : undefined,
      optimizer,
      learningRate: reader.number("learningRate"),
      balance: balances.find((name) => name === config["balance"]),
      diskCache: reader.optionalText("diskCache"),
      calibrate: config["calibrate"] === true,
      earlyStopping: reader.optionalNumber("earlyStopping"),
      seed: reader.number("seed"),
      onBroken: reader.text("onBroken") === "error" ? "error" : "skip",
      checkpointSteps: reader.optionalNumber("checkpointSteps"),
      tensorBoard: config["tensorBoard"] === true ? true : reader.optionalText("tensorBoard"),
    },
  };
}

/**
 * The options with paths that lead to the data from here: relative ones start from the folder that the run was begun in. A
 * path that leads nowhere that way, since the run was moved, stays as it is.
 */
export async function withPathsFrom(run: string, { options, workingFolder }: StoredConfig): Promise<StoredOptions> {
  const { files } = platform();
  const find = async (path: string): Promise<string> => {
    const there = files.from(pathIn(run, workingFolder ?? "."), path);
    return workingFolder !== undefined && (await files.stat(there)) !== undefined ? there : path;
  };
  const findOptional = async (path: string | undefined): Promise<string | undefined> =>
    path === undefined ? undefined : find(path);
  return {
    ...options,
    folder: await find(options.folder),
    validation: await findOptional(options.validation),
    test: await findOptional(options.test),
    diskCache: await findOptional(options.diskCache),
    weights: await findOptional(options.weights),
    tensorBoard: typeof options.tensorBoard === "string" ? await find(options.tensorBoard) : options.tensorBoard,
  };
}

function foldOf(reader: ConfigReader): TrainOptions["fold"] {
  const [number, of] = [reader.optionalNumber("fold"), reader.optionalNumber("folds")];
  if (number === undefined && of === undefined) return undefined;
  if (number === undefined || of === undefined) throw reader.wrong("fold");
  return { number, of };
}

function freezeOf(reader: ConfigReader): TrainOptions["freeze"] {
  const value = reader.value("freeze");
  if (value === undefined || value === "all" || value === "none" || typeof value === "number") return value;
  throw reader.wrong("freeze");
}

/** Fields of a config.json by their kind. */
class ConfigReader {
  readonly #config: JsonObject;
  readonly #path: string;

  constructor(config: JsonObject, path: string) {
    this.#config = config;
    this.#path = path;
  }

  value(name: string): JsonValue | undefined {
    return this.#config[name];
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
