// The learning-rate range test for a folder of pictures: the data, model and optimizer of a training, and no run.

import { SinterError } from "#engine/base/error.ts";
import type { LearningRateCurve, LearningRatePoint } from "#learning/train/find-learning-rate.ts";
import { buildImageModel } from "./image-model.ts";
import { classWeightOf, readImageParts } from "./image-parts.ts";
import { planOf, type TrainOptions } from "./train-options.ts";

/** What a range test takes: the options of a training that change its curve. */
export interface FindRateOptions extends Pick<
  TrainOptions,
  | "folder"
  | "validation"
  | "test"
  | "split"
  | "fold"
  | "model"
  | "weights"
  | "imageSize"
  | "batchSize"
  | "augment"
  | "balance"
  | "diskCache"
  | "optimizer"
  | "seed"
  | "onBroken"
  | "signal"
> {
  /** The first rate; default 1e-7. */
  readonly from?: number | undefined;
  /** The last rate; default 10. */
  readonly to?: number | undefined;
  /** Default 100. */
  readonly steps?: number | undefined;
  readonly onStep?: ((point: LearningRatePoint, step: number) => void) | undefined;
}

/**
 * The curve of loss by learning rate, and the rate that it speaks for. Nothing is written.
 * @throws option, file, data as `trainImageClassifier`; aborted
 * @source Smith 2017, Cyclical learning rates for training neural networks, section 3.3
 * @example
 * const { suggestion } = await findImageLearningRate({ folder: "photos", imageSize: 64 });
 */
export async function findImageLearningRate(options: FindRateOptions): Promise<LearningRateCurve> {
  const { from = 1e-7, to = 10, steps = 100, onStep, ...rest } = options;
  if (!(from < to)) {
    throw new SinterError("option", `findImageLearningRate: from ${from} is not below to ${to}. Begin below it.`, {
      from,
      to,
    });
  }
  const plan = planOf(rest);
  const { train, classNames } = await readImageParts(plan);
  const { imageSize, seed, optimizer, learningRate, signal } = plan;
  const request = { imageSize, classNames, channels: 3, seed } as const;
  const { model, loss } = await buildImageModel(plan.model, request, plan.transfer);
  model.compile({ optimizer, learningRate, loss });
  const classWeight = classWeightOf(plan, train);
  return model.findLearningRate(train, { from, to, steps, onStep, signal, classWeight });
}

/** The file that keeps a curve. */
export function rateCurveText(curve: LearningRateCurve): string {
  return `${JSON.stringify(curve, null, 2)}\n`;
}

/** A suggested rate with two digits: the test is no finer. */
export function roundedRate(rate: number): number {
  return Number(rate.toPrecision(2));
}
