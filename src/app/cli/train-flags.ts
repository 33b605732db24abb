// The flags that commands which train share, and how their texts become what a task takes.

import type { Command } from "commander";
import { modelNames, type ImageModel } from "#app/tasks/image-model.ts";
import { optimizerNames, type OptimizerName } from "#entry/node.ts";
import { oneOf, oneOfOrFile, parseImageSize, parseShare, wholeNumber } from "./arguments.ts";
import { augmentEndings, importModel, modelEndings, readAugment } from "./user-files.ts";

const deviceNames = ["auto", "wasm", "js"] as const;
const augmentNames = ["none", "light", "standard"];

/** The flags as they come. */
export interface SharedFlags {
  readonly split: number;
  readonly imageSize: readonly [number, number];
  readonly batchSize: number;
  readonly augment: string;
  readonly onBroken: "skip" | "error";
  readonly model: string;
  readonly optimizer: OptimizerName;
  readonly seed: number;
  readonly device: (typeof deviceNames)[number];
  readonly threads?: number;
}

/** How pictures are read. */
export function addDataFlags(command: Command): Command {
  return command
    .option("--split <SHARE>", "share of each class split off for validation", parseShare, 0.2)
    .option("--image-size <HxW>", "height x width that pictures are resized to", parseImageSize, [150, 150])
    .option("--batch-size <N>", "pictures a step", wholeNumber(1), 32)
    .option(
      "--augment <NAME|FILE>",
      "none, light, standard or a .json file",
      oneOfOrFile(augmentNames, augmentEndings),
      "none",
    )
    .option("--on-broken <skip|error>", "pictures that cannot be read", oneOf(["skip", "error"]), "skip");
}

/** What is trained. */
export function addModelFlags(command: Command): Command {
  return command
    .option(
      "--model <cnn|FILE>",
      "cnn, or a .ts or .js file that exports one",
      oneOfOrFile(modelNames, modelEndings),
      "cnn",
    )
    .option("--optimizer <NAME>", optimizerNames.join(", "), oneOf(optimizerNames), "adam")
    .option("--seed <N>", "of split, order, augmentation, first weights", wholeNumber(0), 0);
}

/** Where it is computed. */
export function addDeviceFlags(command: Command): Command {
  return command
    .option("--device <NAME>", deviceNames.join(", "), oneOf(deviceNames), "auto")
    .option("--threads <N>", "threads that compute; default: every core", wholeNumber(1));
}

/** The model that --model names. @throws option when it cannot be imported */
export async function modelOf(model: string): Promise<ImageModel> {
  return model === "cnn" ? "cnn" : importModel(model);
}

/** The augmentation that --augment names. @throws option when it cannot be read */
export async function augmentOf(augment: string): Promise<object | "none" | "light" | "standard"> {
  if (augment === "none" || augment === "light" || augment === "standard") return augment;
  return readAugment(augment);
}
