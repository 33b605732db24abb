// The options of trainImageClassifier and what it reports while it works.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer, numberWithin, pair } from "#engine/base/options.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";
import { resolveAugment, type AugmentPreset } from "#learning/data/augment-options.ts";
import type { BrokenSample } from "#learning/data/dataset.ts";
import type { OptimizerName } from "#learning/optim/optimizers.ts";
import type { Calibration } from "#learning/train/calibrate.ts";
import type { ImageModel } from "./image-model.ts";
import { isPictureNetwork } from "./known-network.ts";
import type { Fold } from "./image-parts.ts";
import type { JsonObject } from "./run-folder.ts";
import type { Scores } from "./scores.ts";
import { transferNames, transferOf, type TransferOptions, type TransferPlan } from "./transfer-options.ts";

/** What is done about classes of unequal size. */
export const balances = ["none", "weights", "oversample"] as const;
export type Balance = (typeof balances)[number];

/** What to train, on what, and how. */
export interface TrainOptions extends TransferOptions {
  /** One folder a class, or such folders inside train/, val/ and test/. */
  readonly folder: string;
  readonly validation?: string | undefined;
  readonly test?: string | undefined;
  /** Share of each class split off for validation where no part is given; default 0.2. */
  readonly split?: number | undefined;
  /** One fold of a cross-validation as the validation part; `crossValidate` gives it. */
  readonly fold?: Fold | undefined;
  /** "cnn" by default, the name of a known network ("vgg16", "mobileNetV2"), or a function or file of the user's own. */
  readonly model?: ImageModel | undefined;
  /** Height and width; default [150, 150]. */
  readonly imageSize?: number | readonly [height: number, width: number] | undefined;
  /** Default 32. */
  readonly batchSize?: number | undefined;
  /** Default 20; of a head on a frozen base 100. */
  readonly epochs?: number | undefined;
  /** Steps an epoch; default: as many as see every picture once. */
  readonly stepsPerEpoch?: number | undefined;
  /** Default "none". */
  readonly augment?: AugmentPreset | AugmentOptions | object | undefined;
  /** Default "adam". */
  readonly optimizer?: OptimizerName | undefined;
  /** Default 1e-3; "auto" takes what a range test of 100 steps suggests, and keeps its curve in the run. */
  readonly learningRate?: number | "auto" | undefined;
  /** For classes of unequal size: "weights" in the loss, "oversample" of the smaller ones; default "none". */
  readonly balance?: Balance | undefined;
  /** Folder that decoded pictures are kept in, so that later epochs and runs need not decode them. */
  readonly diskCache?: string | undefined;
  /** Whether the best model's probabilities are calibrated on the validation part, by a temperature; default false. */
  readonly calibrate?: boolean | undefined;
  /** Ends after so many epochs without a better one; never when left out. */
  readonly earlyStopping?: number | undefined;
  /** Of the split, the order, augmentation, first weights and dropout; default 0. */
  readonly seed?: number | undefined;
  /** "skip" (default) leaves out and lists pictures that cannot be read; "error" ends at the first. */
  readonly onBroken?: "skip" | "error" | undefined;
  /** The folder to write; when left out the first free of runs/train, runs/train-2, … */
  readonly out?: string | undefined;
  /** Steps between two checkpoints within an epoch; one every 5 minutes when left out. Each epoch ends with one too. */
  readonly checkpointSteps?: number | undefined;
  /**
   * Writes event files for TensorBoard: true into the run's own `tensorboard`, a folder into its sub-folder named as the
   * run, so that runs lie side by side. Not at all by default.
   */
  readonly tensorBoard?: string | boolean | undefined;
  /** Facts of the machine to record. */
  readonly environment?: JsonObject | undefined;
  /** Ends training after the current step; what was learnt is saved. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((event: TrainEvent) => void) | undefined;
}

/** What happens while a model is trained; epochs and steps count from 1. */
export type TrainEvent =
  | {
      readonly kind: "data";
      readonly run: string;
      readonly classNames: readonly string[];
      readonly numTrain: number;
      readonly numValidation: number;
      readonly numTest: number;
      /** Whether the validation part was split off the training folder. */
      readonly isSplit: boolean;
      readonly sources: { readonly train: string; readonly validation: string; readonly test: string | undefined };
    }
  | { readonly kind: "model"; readonly name: string; readonly numWeights: number; readonly summary: string }
  | {
      readonly kind: "step";
      readonly epoch: number;
      readonly numEpochs: number;
      readonly step: number;
      readonly numSteps: number;
      readonly batchSize: number;
      readonly metrics: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: "epoch";
      readonly epoch: number;
      readonly numEpochs: number;
      readonly seconds: number;
      readonly imagesPerSecond: number;
      readonly metrics: Readonly<Record<string, number>>;
      /** Whether it is the best so far, by the validation part. */
      readonly isBest: boolean;
    }
  /** The rate that a range test found. */
  | { readonly kind: "learningRate"; readonly learningRate: number; readonly numSteps: number }
  /** How many pictures' features are known, of all that are to be. */
  | { readonly kind: "features"; readonly done: number; readonly total: number; readonly seconds: number }
  /** Probabilities were divided by a temperature; log loss in nats and expected calibration error on the validation part. */
  | { readonly kind: "calibration"; readonly calibration: Calibration }
  /** The next of the trainings of a cross-validation. */
  | { readonly kind: "fold"; readonly fold: number; readonly folds: number; readonly run: string }
  | { readonly kind: "broken"; readonly pictures: readonly BrokenSample[] }
  /** Goes on from a checkpoint, `epoch` epochs and `step` steps into the run. */
  | { readonly kind: "resumed"; readonly run: string; readonly epoch: number; readonly step: number }
  /** A checkpoint is about to be written. */
  | { readonly kind: "saving"; readonly checkpoint: string }
  /** A checkpoint is whole on disk. */
  | { readonly kind: "saved"; readonly checkpoint: string }
  /** Something that a person should look at; training goes on. */
  | { readonly kind: "warning"; readonly message: string }
  | { readonly kind: "evaluation"; readonly part: "test" | "validation"; readonly scores: Scores };

/** Options with every default filled in. */
export interface TrainPlan {
  readonly folder: string;
  readonly validation: string | undefined;
  readonly test: string | undefined;
  readonly split: number;
  readonly fold: Fold | undefined;
  readonly model: ImageModel;
  readonly transfer: TransferPlan | undefined;
  /** Of pixels; 1/255 where it is left out. */
  readonly rescale: number | undefined;
  readonly imageSize: readonly [height: number, width: number];
  readonly batchSize: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number | undefined;
  readonly augment: AugmentOptions | undefined;
  readonly optimizer: OptimizerName;
  /** Where a range test chooses it, the standard one until then. */
  readonly learningRate: number;
  readonly balance: Balance | undefined;
  readonly diskCache: string | undefined;
  readonly calibrate: true | undefined;
  readonly earlyStopping: number | undefined;
  readonly seed: number;
  readonly onBroken: "skip" | "error";
  readonly out: string | undefined;
  readonly checkpointSteps: number | undefined;
  readonly tensorBoard: string | true | undefined;
  readonly signal: AbortSignal | undefined;
}

const where = "trainImageClassifier";
const standardRate = 1e-3;
const known = [
  "folder",
  "validation",
  "test",
  "split",
  "fold",
  "model",
  ...transferNames,
  "imageSize",
  "batchSize",
  "epochs",
  "stepsPerEpoch",
  "augment",
  "optimizer",
  "learningRate",
  "balance",
  "diskCache",
  "calibrate",
  "earlyStopping",
  "seed",
  "onBroken",
  "out",
  "checkpointSteps",
  "tensorBoard",
  "environment",
  "signal",
  "onProgress",
];

/** Checks the options and fills in defaults. @throws option */
export function planOf(options: TrainOptions): TrainPlan {
  checkOptions(where, options, known);
  const { split = 0.2, learningRate = standardRate, balance = "none", stepsPerEpoch, earlyStopping } = options;
  if (!(split > 0 && split < 1)) {
    throw new SinterError("option", `${where}: split is ${split}. Give a share above 0 and below 1.`, { split });
  }
  const model = options.model ?? "cnn";
  const transfer = transferOf(where, model, options);
  return {
    folder: options.folder,
    validation: options.validation,
    test: options.test,
    split,
    fold: options.fold,
    model,
    transfer,
    rescale: isPictureNetwork(model) ? 1 : undefined,
    imageSize: pair(where, "imageSize", options.imageSize ?? [150, 150]),
    batchSize: integer(where, "batchSize", options.batchSize ?? 32),
    epochs: integer(where, "epochs", options.epochs ?? (transfer === undefined ? 20 : 100)),
    stepsPerEpoch: stepsPerEpoch === undefined ? undefined : integer(where, "stepsPerEpoch", stepsPerEpoch),
    augment: resolveAugment(options.augment, where),
    optimizer: options.optimizer ?? "adam",
    learningRate: learningRate === "auto" ? standardRate : numberWithin(where, "learningRate", learningRate, 0),
    balance: choice(where, "balance", balance, balances) === "none" ? undefined : balance,
    diskCache: options.diskCache,
    calibrate: options.calibrate === true ? true : undefined,
    earlyStopping: earlyStopping === undefined ? undefined : integer(where, "earlyStopping", earlyStopping),
    seed: integer(where, "seed", options.seed ?? 0, 0),
    onBroken: options.onBroken ?? "skip",
    out: options.out,
    checkpointSteps:
      options.checkpointSteps === undefined ? undefined : integer(where, "checkpointSteps", options.checkpointSteps),
    tensorBoard: options.tensorBoard === false || options.tensorBoard === "" ? undefined : options.tensorBoard,
    signal: options.signal,
  };
}
