// Connectionist temporal classification: labels without their places in time, as the logarithm of the sum over all alignments.

import { SinterError } from "#engine/base/error.ts";
import { shapeText } from "#engine/base/shape.ts";
import { arange, full } from "#engine/tensor/create.ts";
import { concat, dot, oneHot, stack, where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { customGradient } from "#engine/tensor/transforms.ts";
import type { Prediction } from "./losses.ts";

/** Stands for the logarithm of 0: finite, so that no difference is NaN. */
const impossible = -1e30;

/**
 * -log of the probability of each row of labels, [n]; infinite for labels that are too long for the time.
 * @param labels class numbers [n, length], 0 (the blank) after the last
 * @param prediction logits [n, time, classes]
 * @throws shape
 * @source Graves et al. 2006, section 4.1; Keras 3, losses.CTC
 */
export function ctc(labels: Tensor, { output }: Prediction): Tensor {
  checkShapes(labels, output);
  const numClasses = output.shape[2] ?? 1;
  const states = statesOf(labels.cast("i32"));
  const axes = { leftContract: [2], rightContract: [2], leftBatch: [0], rightBatch: [0] };
  const chances = dot(output.logSoftmax(-1), oneHot(states.classes, numClasses), axes); // [n, time, states]
  const value = customGradient(
    (given) => totalOf(forwards(given, states), states).neg(),
    ([given = chances], cotangent, loss) => [shares(given, states, loss).mul(spread(cotangent)).neg()],
  )(chances);
  return where(value.greater(-impossible / 2), Number.POSITIVE_INFINITY, value);
}

function checkShapes(labels: Tensor, output: Tensor): void {
  if (labels.rank === 2 && output.rank === 3 && labels.shape[0] === output.shape[0]) return;
  throw new SinterError(
    "shape",
    `ctc: labels ${shapeText(labels.shape)} and predictions ${shapeText(output.shape)} came, expected class numbers [batch, length] ` +
      "and logits [batch, time, classes]. Fill short labels up with 0.",
    { labels: labels.shape, predictions: output.shape },
  );
}

interface AlignmentStates {
  /** Blank, first label, blank, second label, … blank: [n, 2 · length + 1] */
  readonly classes: Tensor;
  readonly isFirst: Tensor;
  readonly isLast: Tensor;
  /** Whether the blank before may be left out: of labels that differ from the one before. */
  readonly maySkip: Tensor;
}

function statesOf(labels: Tensor): AlignmentStates {
  const [numRows = 1, length = 0] = labels.shape;
  const blank = full([numRows, 1], 0, { dtype: "i32" });
  const between = full([numRows, length], 0, { dtype: "i32" });
  const pairs = concat([between.expandDims(2), labels.expandDims(2)], 2).reshape([numRows, 2 * length]);
  const classes = concat([pairs, blank], 1);
  const earlier = concat([blank, blank, classes.slice([0, 0], [numRows, 2 * length - 1])], 1);
  const places = arange(2 * length + 1);
  const end = labels.notEqual(0).cast("i32").sum(-1, { keepDims: true }).mul(2);
  return {
    classes,
    isFirst: places.less(2).and(places.lessEqual(end)),
    isLast: places.equal(end).or(places.equal(end.sub(1))),
    maySkip: classes.notEqual(0).and(classes.notEqual(earlier)),
  };
}

/** [n] beside [n, time, states]. */
function spread(values: Tensor): Tensor {
  return values.expandDims(-1).expandDims(-1);
}

/** The chances of one time, [n, states]. */
function at(chances: Tensor, step: number): Tensor {
  const [numRows = 1, , numStates = 1] = chances.shape;
  return chances.slice([0, step, 0], [numRows, 1, numStates]).squeeze(1);
}

/** For each time the logarithm of the sum over all beginnings of alignments that are in a state then. */
function forwards(chances: Tensor, { isFirst, maySkip }: AlignmentStates): Tensor[] {
  let paths = where(isFirst, at(chances, 0), impossible);
  const all = [paths];
  for (let step = 1; step < (chances.shape[1] ?? 1); step += 1) {
    const skipped = where(maySkip, shifted(paths, 2), impossible);
    paths = logAdd(paths, shifted(paths, 1), skipped).add(at(chances, step));
    all.push(paths);
  }
  return all;
}

/** For each time the logarithm of the sum over all ends of alignments that come after a state then. */
function backwards(chances: Tensor, { isLast, maySkip }: AlignmentStates): Tensor[] {
  let paths = where(isLast, full(isLast.shape, 0), impossible);
  const all = [paths];
  for (let step = (chances.shape[1] ?? 1) - 1; step > 0; step -= 1) {
    const next = paths.add(at(chances, step));
    paths = logAdd(next, shifted(next, -1), shifted(where(maySkip, next, impossible), -2));
    all.push(paths);
  }
  return all.toReversed();
}

/** The logarithm of the sum over all alignments, [n]. */
function totalOf(paths: readonly Tensor[], { isLast }: AlignmentStates): Tensor {
  const [last = full(isLast.shape, impossible)] = paths.slice(-1);
  return where(isLast, last, impossible).logSumExp(-1);
}

/** The share of the alignments that is in a state at a time: what the loss falls by with the logarithm of its chance. */
function shares(chances: Tensor, states: AlignmentStates, loss: Tensor): Tensor {
  const through = stack(forwards(chances, states), 1).add(stack(backwards(chances, states), 1));
  return through.add(spread(loss)).minimum(0).exp();
}

/** Values moved towards the end by some states, or the begin; what comes in is impossible. */
function shifted(paths: Tensor, by: number): Tensor {
  const [numRows = 1, numStates = 1] = paths.shape;
  const kept = paths.slice([0, Math.max(0, -by)], [numRows, numStates - Math.abs(by)]);
  return kept.pad([0, Math.max(0, by)], [0, Math.max(0, -by)], impossible);
}

/** log(exp a + exp b + exp c) */
function logAdd(a: Tensor, b: Tensor, c: Tensor): Tensor {
  const largest = a.maximum(b).maximum(c);
  const scaled = (one: Tensor): Tensor => one.sub(largest).exp();
  return scaled(a).add(scaled(b)).add(scaled(c)).log().add(largest);
}
