// `sinter train`: its flags, and how they become a job.

import type { Command } from "commander";
import { trainImageClassifier } from "#app/tasks/image-classification.ts";
import { modelNames, type ImageModel } from "#app/tasks/image-model.ts";
import { closeDevice, useDevice, type OptimizerName } from "#entry/node.ts";
import { oneOf, oneOfOrFile, parseImageSize, parsePositive, parseShare, wholeNumber } from "./arguments.ts";
import { environmentFacts } from "./environment.ts";
import { Interrupt } from "./interrupt.ts";
import { createOutput } from "./output.ts";
import { TrainReport } from "./train-report.ts";
import { augmentEndings, importModel, modelEndings, readAugment } from "./user-files.ts";

const deviceNames = ["auto", "wasm", "js"] as const;
const augmentNames = ["none", "light", "standard"];
const optimizerNames = ["adam", "sgd", "rmsprop"] as const satisfies readonly OptimizerName[];

interface TrainFlags {
  readonly validation?: string;
  readonly test?: string;
  readonly split: number;
  readonly model: string;
  readonly imageSize: readonly [number, number];
  readonly batchSize: number;
  readonly epochs: number;
  readonly stepsPerEpoch?: number;
  readonly augment: string;
  readonly optimizer: (typeof optimizerNames)[number];
  readonly learningRate: number;
  readonly earlyStopping?: number;
  readonly seed: number;
  readonly device: (typeof deviceNames)[number];
  readonly threads?: number;
  readonly onBroken: "skip" | "error";
  readonly out?: string;
  readonly json?: boolean;
}

const examples = `
FOLDER holds one folder of pictures a class. With train/ and val/ (valid/, validation/) or test/ inside, these are the
parts; else a validation part is split off. The validation part chooses the epoch; the test part is read once, at the end.

Examples:
  sinter train photos --epochs 10 --augment light
  sinter train photos --model my-model.ts --image-size 64x64 --out runs/mine`;

/** Adds the command. @param finish gets the exit code */
export function addTrainCommand(program: Command, finish: (exitCode: number) => void): void {
  program
    .command("train")
    .description("train a classifier of pictures")
    .argument("<FOLDER>", "folder of classes, or of train/, val/ and test/")
    .option("--validation <FOLDER>", "the validation part")
    .option("--test <FOLDER>", "the test part")
    .option("--split <SHARE>", "share of each class split off for validation", parseShare, 0.2)
    .option(
      "--model <cnn|FILE>",
      "cnn, or a .ts or .js file that exports one",
      oneOfOrFile(modelNames, modelEndings),
      "cnn",
    )
    .option("--image-size <HxW>", "height x width that pictures are resized to", parseImageSize, [150, 150])
    .option("--batch-size <N>", "pictures a step", wholeNumber(1), 32)
    .option("--epochs <N>", "passes over the training part", wholeNumber(1), 20)
    .option("--steps-per-epoch <N>", "steps an epoch; default: all pictures once", wholeNumber(1))
    .option(
      "--augment <NAME|FILE>",
      "none, light, standard or a .json file",
      oneOfOrFile(augmentNames, augmentEndings),
      "none",
    )
    .option("--optimizer <NAME>", optimizerNames.join(", "), oneOf(optimizerNames), "adam")
    .option("--learning-rate <RATE>", "how far a step goes", parsePositive, 1e-3)
    .option("--early-stopping <N>", "stop after N epochs without a better one", wholeNumber(1))
    .option("--seed <N>", "of split, order, augmentation, first weights", wholeNumber(0), 0)
    .option("--device <NAME>", deviceNames.join(", "), oneOf(deviceNames), "auto")
    .option("--threads <N>", "threads that compute; default: every core", wholeNumber(1))
    .option("--on-broken <skip|error>", "pictures that cannot be read", oneOf(["skip", "error"]), "skip")
    .option("--out <RUN>", "folder to write; default: runs/train, runs/train-2, …")
    .option("--json", "events as JSON lines on standard output")
    .addHelpText("after", examples)
    .action(async (folder: string, flags: TrainFlags) => finish(await train(folder, flags)));
}

async function train(folder: string, flags: TrainFlags): Promise<number> {
  const { json = false, device, threads, model, augment, ...rest } = flags;
  const output = createOutput(json);
  const options = { ...rest, folder, model: await modelOf(model), augment: await augmentOf(augment) };
  await useDevice(device, threads === undefined ? {} : { threads });
  const report = new TrainReport(output);
  const interrupt = new Interrupt(() =>
    report.note("Stopping after this step; what was learnt is saved. Press Ctrl-C again to stop at once."),
  );
  try {
    const environment = environmentFacts();
    const { signal } = interrupt;
    const onProgress = report.show.bind(report);
    const run = await trainImageClassifier({ ...options, environment, signal, onProgress });
    report.end(run);
    return run.isStopped ? 1 : 0;
  } finally {
    interrupt[Symbol.dispose]();
    report[Symbol.dispose]();
    await closeDevice();
  }
}

async function modelOf(model: string): Promise<ImageModel> {
  return model === "cnn" ? "cnn" : importModel(model);
}

async function augmentOf(augment: string): Promise<object | "none" | "light" | "standard"> {
  if (augment === "none" || augment === "light" || augment === "standard") return augment;
  return readAugment(augment);
}
