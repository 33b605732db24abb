// Intersection over union of classes, from the confusion matrix: for labels and predictions that are class numbers or one-hot.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import { shapeText } from "#engine/base/shape.ts";
import { oneHot } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { added, pairsOf, type MetricOptions } from "./counting-metrics.ts";
import type { Metric, Outcome } from "./metrics.ts";

export interface MeanIoUOptions extends MetricOptions {
  readonly numClasses: number;
  /** A class whose places count for nothing. */
  readonly ignoreClass?: number | null;
  /** Whether labels are class numbers; true by default. */
  readonly sparseYTrue?: boolean;
  /** Whether predictions are class numbers; true by default, false for the one-hot metrics. */
  readonly sparseYPred?: boolean;
  /** The axis of the classes, where there is one; the last by default. */
  readonly axis?: number;
}

export interface IoUOptions extends MeanIoUOptions {
  /** Classes that the mean is taken of. */
  readonly targetClassIds: readonly number[];
}

export interface BinaryIoUOptions extends MetricOptions {
  /** Both by default. */
  readonly targetClassIds?: readonly number[];
  /** From it on a prediction is class 1; 0.5 by default. */
  readonly threshold?: number;
}

/**
 * The mean over some classes of: right places / places of the class or given as it. Classes that are nowhere do not count.
 * @source Keras 3, metrics.IoU
 */
export function iou(options: IoUOptions): Metric {
  return fromOptions("iou", options, ["targetClassIds", "sparseYTrue", "sparseYPred"], {});
}

/** IoU of all classes. @source Keras 3, metrics.MeanIoU */
export function meanIoU(options: MeanIoUOptions): Metric {
  return fromOptions("meanIoU", options, ["sparseYTrue", "sparseYPred"], {});
}

/** IoU of one-hot labels. @source Keras 3, metrics.OneHotIoU */
export function oneHotIoU(options: Omit<IoUOptions, "sparseYTrue">): Metric {
  return fromOptions("oneHotIoU", options, ["targetClassIds", "sparseYPred"], {
    sparseYTrue: false,
    sparseYPred: false,
  });
}

/** IoU of all classes of one-hot labels. @source Keras 3, metrics.OneHotMeanIoU */
export function oneHotMeanIoU(options: Omit<MeanIoUOptions, "sparseYTrue">): Metric {
  return fromOptions("oneHotMeanIoU", options, ["sparseYPred"], { sparseYTrue: false, sparseYPred: false });
}

/** IoU of two classes, from probabilities of class 1. @source Keras 3, metrics.BinaryIoU */
export function binaryIoU(options: BinaryIoUOptions = {}): Metric {
  const kind = "binaryIoU";
  checkOptions(kind, options, ["name", "targetClassIds", "threshold"]);
  const threshold = numberWithin(kind, "threshold", options.threshold ?? 0.5);
  const classesOf: ClassesOf = ({ labels, predictions }) => ({
    truth: labels,
    guess: predictions.greaterEqual(threshold),
  });
  return metricOf(kind, options, {
    numClasses: 2,
    targets: options.targetClassIds ?? [0, 1],
    ignored: null,
    classesOf,
  });
}

type ClassesOf = (outcome: Outcome) => { readonly truth: Tensor; readonly guess: Tensor };

function fromOptions(
  kind: string,
  options: Partial<IoUOptions>,
  own: readonly string[],
  fixed: { readonly sparseYTrue?: boolean; readonly sparseYPred?: boolean },
): Metric {
  checkOptions(kind, options, ["name", "numClasses", "ignoreClass", "axis", ...own]);
  const numClasses = integer(kind, "numClasses", options.numClasses);
  const { ignoreClass = null, axis = -1, sparseYTrue = true, sparseYPred = true } = { ...fixed, ...options };
  integer(kind, "axis", axis, -(2 ** 31));
  const every = Array.from({ length: numClasses }, (_, index) => index);
  const targets = own.includes("targetClassIds") ? (options.targetClassIds ?? []) : every;
  const classesOf: ClassesOf = ({ labels, predictions }) => ({
    truth: sparseYTrue ? labels : labels.argMax(axis),
    guess: sparseYPred ? predictions : predictions.argMax(axis),
  });
  return metricOf(kind, options, { numClasses, targets, ignored: ignoreClass, classesOf });
}

interface IoUParts {
  readonly numClasses: number;
  readonly targets: readonly number[];
  readonly ignored: number | null;
  readonly classesOf: ClassesOf;
}

function metricOf(kind: string, options: object & MetricOptions, parts: IoUParts): Metric {
  const { name = kind } = options;
  const { numClasses, targets, ignored } = parts;
  if (ignored !== null) integer(kind, "ignoreClass", ignored, -(2 ** 31));
  if (targets.length === 0 || targets.some((target) => !(integer(kind, "targetClassIds", target, 0) < numClasses))) {
    throw new SinterError(
      "option",
      `${kind}: targetClassIds is [${targets.join(", ")}]. Give classes from 0 and below ${numClasses}.`,
      { targets, numClasses },
    );
  }
  return {
    name,
    config: { kind, options: { ...options } },
    bind: () => ({
      name,
      direction: "max",
      state: { counts: { shape: [numClasses, numClasses], dtype: "i32" } },
      update: (state, outcome) => added(state, { counts: confusionOf(kind, outcome, parts) }),
      result: ({ counts = [] }) => ({ [name]: meanOverlap(Array.from(counts), numClasses, targets) }),
    }),
  };
}

/** How often each true class (row) was given each class (column); classes outside are left out. */
function confusionOf(kind: string, outcome: Outcome, { numClasses, ignored, classesOf }: IoUParts): Tensor {
  const { truth, guess } = classesOf(outcome);
  if (truth.size !== guess.size) {
    throw new SinterError(
      "shape",
      `${kind}: labels ${shapeText(truth.shape)} and predictions ${shapeText(guess.shape)} are not as many classes. ` +
        "Say with sparseYTrue and sparseYPred which of them are class numbers.",
      { labels: truth.shape, predictions: guess.shape },
    );
  }
  const classes = truth.cast("i32");
  const rows = oneHot(classes, numClasses);
  const kept = ignored === null ? rows : rows.mul(classes.notEqual(ignored).cast("f32").expandDims(-1));
  return pairsOf(classes, kept, oneHot(guess, numClasses), outcome);
}

/** Keras's epsilon. */
const epsilon = 1e-7;

function meanOverlap(counts: readonly number[], numClasses: number, targets: readonly number[]): number {
  const at = (row: number, column: number): number => counts[row * numClasses + column] ?? 0;
  const sums = targets.map((target) => {
    let whole = -at(target, target);
    for (let other = 0; other < numClasses; other += 1) whole += at(target, other) + at(other, target);
    return { both: at(target, target), whole };
  });
  const there = sums.filter(({ whole }) => whole > 0);
  const total = there.reduce((sum, { both, whole }) => sum + both / (whole + epsilon), 0);
  return total / (there.length + epsilon);
}
