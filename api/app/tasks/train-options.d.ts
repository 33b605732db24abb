import type { AugmentOptions } from "../../learning/data/augment.js";
import { type AugmentPreset } from "../../learning/data/augment-options.js";
import type { BrokenSample } from "../../learning/data/dataset.js";
import type { OptimizerName } from "../../learning/optim/optimizers.js";
import type { Calibration } from "../../learning/train/calibrate.js";
import type { ImageModel } from "./image-model.js";
import type { Fold } from "./image-parts.js";
import type { JsonObject } from "./run-folder.js";
import type { Scores } from "./scores.js";
import { type TransferOptions, type TransferPlan } from "./transfer-options.js";
export declare const balances: readonly ["none", "weights", "oversample"];
export type Balance = (typeof balances)[number];
export interface TrainOptions extends TransferOptions {
  readonly folder: string;
  readonly validation?: string | undefined;
  readonly test?: string | undefined;
  readonly split?: number | undefined;
  readonly fold?: Fold | undefined;
  readonly model?: ImageModel | undefined;
  readonly imageSize?: number | readonly [height: number, width: number] | undefined;
  readonly batchSize?: number | undefined;
  readonly epochs?: number | undefined;
  readonly stepsPerEpoch?: number | undefined;
  readonly augment?: AugmentPreset | AugmentOptions | object | undefined;
  readonly optimizer?: OptimizerName | undefined;
  readonly learningRate?: number | "auto" | undefined;
  readonly balance?: Balance | undefined;
  readonly diskCache?: string | undefined;
  readonly calibrate?: boolean | undefined;
  readonly earlyStopping?: number | undefined;
  readonly seed?: number | undefined;
  readonly onBroken?: "skip" | "error" | undefined;
  readonly out?: string | undefined;
  readonly checkpointSteps?: number | undefined;
  readonly tensorBoard?: string | boolean | undefined;
  readonly environment?: JsonObject | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((event: TrainEvent) => void) | undefined;
}
export type TrainEvent =
  | {
      readonly kind: "data";
      readonly run: string;
      readonly classNames: readonly string[];
      readonly numTrain: number;
      readonly numValidation: number;
      readonly numTest: number;
      readonly isSplit: boolean;
      readonly sources: {
        readonly train: string;
        readonly validation: string;
        readonly test: string | undefined;
      };
    }
  | {
      readonly kind: "model";
      readonly name: string;
      readonly numWeights: number;
      readonly summary: string;
    }
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
      readonly isBest: boolean;
    }
  | {
      readonly kind: "learningRate";
      readonly learningRate: number;
      readonly numSteps: number;
    }
  | {
      readonly kind: "features";
      readonly done: number;
      readonly total: number;
      readonly seconds: number;
    }
  | {
      readonly kind: "calibration";
      readonly calibration: Calibration;
    }
  | {
      readonly kind: "fold";
      readonly fold: number;
      readonly folds: number;
      readonly run: string;
    }
  | {
      readonly kind: "broken";
      readonly pictures: readonly BrokenSample[];
    }
  | {
      readonly kind: "resumed";
      readonly run: string;
      readonly epoch: number;
      readonly step: number;
    }
  | {
      readonly kind: "saving";
      readonly checkpoint: string;
    }
  | {
      readonly kind: "saved";
      readonly checkpoint: string;
    }
  | {
      readonly kind: "warning";
      readonly message: string;
    }
  | {
      readonly kind: "evaluation";
      readonly part: "test" | "validation";
      readonly scores: Scores;
    };
export interface TrainPlan {
  readonly folder: string;
  readonly validation: string | undefined;
  readonly test: string | undefined;
  readonly split: number;
  readonly fold: Fold | undefined;
  readonly model: ImageModel;
  readonly transfer: TransferPlan | undefined;
  readonly rescale: number | undefined;
  readonly imageSize: readonly [height: number, width: number];
  readonly batchSize: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number | undefined;
  readonly augment: AugmentOptions | undefined;
  readonly optimizer: OptimizerName;
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
export declare function planOf(options: TrainOptions): TrainPlan;
