// The flags that commands which train share, and how their texts become what a task takes.

import type { Command } from "commander";
import { modelNames, namedModel, type ImageModel } from "#app/tasks/image-model.ts";
import { balances, type Balance } from "#app/tasks/train-options.ts";
import { deviceNames, optimizerNames, type DeviceName, type OptimizerName } from "#entry/node.ts";
import { imageSize, oneOf, oneOfOrFile, share, wholeNumber } from "./arguments.ts";
import type { CliTexts } from "./texts.ts";
import { augmentEndings, importModel, modelEndings, readAugment } from "./user-files.ts";

const augmentNames = ["none", "light", "standard"];

/** The flags as they come. */
export interface SharedFlags {
  readonly split: number;
  readonly imageSize: readonly [number, number];
  readonly batchSize: number;
  readonly augment: string;
  readonly cache?: string;
  readonly balance: Balance;
  readonly onBroken: "skip" | "error";
  readonly model: string;
  readonly weights?: string;
  readonly optimizer: OptimizerName;
  readonly seed: number;
  readonly device: DeviceName;
  readonly threads?: number;
}

/** How pictures are read. */
export function addDataFlags(command: Command, texts: CliTexts): Command {
  return command
    .option("--split <SHARE>", texts.flagSplit, share(texts), 0.2)
    .option("--image-size <HxW>", texts.flagImageSize, imageSize(texts), [150, 150])
    .option("--batch-size <N>", texts.flagBatchSize, wholeNumber(texts, 1), 32)
    .option("--augment <NAME|FILE>", texts.flagAugment, oneOfOrFile(texts, augmentNames, augmentEndings), "none")
    .option("--balance <NAME>", texts.flagBalance, oneOf(texts, balances), "none")
    .option("--cache <FOLDER>", texts.flagCache)
    .option("--on-broken <skip|error>", texts.flagOnBroken, oneOf(texts, ["skip", "error"]), "skip");
}

/** What is trained. */
export function addModelFlags(command: Command, texts: CliTexts): Command {
  return command
    .option("--model <NAME|FILE>", texts.flagModel, oneOfOrFile(texts, modelNames, modelEndings), "cnn")
    .option("--weights <FILE>", texts.flagWeights)
    .option("--optimizer <NAME>", optimizerNames.join(", "), oneOf(texts, optimizerNames), "adam")
    .option("--seed <N>", texts.flagSeed, wholeNumber(texts, 0), 0);
}

/** Where it is computed. */
export function addDeviceFlags(command: Command, texts: CliTexts): Command {
  return command
    .option("--device <NAME>", deviceNames.join(", "), oneOf(texts, deviceNames), "auto")
    .option("--threads <N>", texts.flagThreads, wholeNumber(texts, 1));
}

/** The model that --model names. @throws option when it cannot be imported */
export async function modelOf(texts: CliTexts, model: string): Promise<ImageModel> {
  return namedModel(model) ?? importModel(texts, model);
}

/** The augmentation that --augment names. @throws option when it cannot be read */
export async function augmentOf(texts: CliTexts, augment: string): Promise<object | "none" | "light" | "standard"> {
  if (augment === "none" || augment === "light" || augment === "standard") return augment;
  return readAugment(texts, augment);
}
