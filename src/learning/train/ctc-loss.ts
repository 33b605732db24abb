// Connectionist temporal classification: labels without their places in time, as the logarithm of the sum over all alignments.

import { SinterError } from "#engine/base/error.ts";
import { shapeText } from "#engine/base/shape.ts";
import { arange, full } from "#engine/tensor/create.ts";
import { concat, dot, oneHot, where } from "#engine/tensor/math.ts";
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
    (given) => totalOf(alignments(given, states), states).neg(),
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

/** The chances of one time, [n, 1, states]. */
function at(chances: Tensor, step: number): Tensor {
  const [numRows = 1, , numStates = 1] = chances.shape;
  return chances.slice([0, step, 0], [numRows, 1, numStates]);
}

/**
 * For each time the logarithm of the sum over all beginnings of alignments that are in a state then, [n, time, states]; and of the ends,
 * which are the beginnings of the reversed problem: both are rows of one recursion, so that a time is one kernel.
 */
interface Alignments {
  readonly beginnings: Tensor;
  /** The chance of the time itself counted, as in the beginnings. */
  readonly ends: Tensor;
}

function alignments(chances: Tensor, { isFirst, isLast, maySkip }: AlignmentStates): Alignments {
  const [numRows = 1, time = 1, numStates = 1] = chances.shape;
  const both = concat([chances, chances.reverse([1, 2])]);
  const isBegin = concat([isFirst, isLast.reverse(1)]).expandDims(1); // [2 n, 1, states], as all that follows
  // The state that is left out lies between the same two.
  const skipsBack = maySkip
    .cast("i32")
    .reverse(1)
    .slice([0, 0], [numRows, numStates - 2])
    .pad([0, 2], [0, 0], 0);
  const skips = concat([maySkip.cast("i32"), skipsBack])
    .greater(0)
    .expandDims(1);
  let paths = where(isBegin, at(both, 0), impossible);
  const all = [paths];
  for (let step = 1; step < time; step += 1) {
    const skipped = where(skips, shifted(paths, 2), impossible);
    paths = logAdd(paths, shifted(paths, 1), skipped).add(at(both, step));
    all.push(paths);
  }
  const joined = concatenated(all); // [2 n, time, states]
  const half = (start: number): Tensor => joined.slice([start, 0, 0], [numRows, time, numStates]);
  return { beginnings: half(0), ends: half(numRows).reverse([1, 2]) };
}

/** Times one after another. In two levels: a kernel that joins k parts looks at each element k times. */
function concatenated(times: readonly Tensor[]): Tensor {
  const size = Math.ceil(Math.sqrt(times.length));
  const parts = Array.from({ length: Math.ceil(times.length / size) }, (_, part) =>
    concat(times.slice(part * size, (part + 1) * size), 1),
  );
  return concat(parts, 1);
}

/** The logarithm of the sum over all alignments, [n]. */
function totalOf({ beginnings }: Alignments, { isLast }: AlignmentStates): Tensor {
  const last = at(beginnings, (beginnings.shape[1] ?? 1) - 1);
  return where(isLast.expandDims(1), last, impossible).logSumExp([1, 2]);
}

/** The share of the alignments that is in a state at a time: what the loss falls by with the logarithm of its chance. */
function shares(chances: Tensor, states: AlignmentStates, loss: Tensor): Tensor {
  const { beginnings, ends } = alignments(chances, states);
  return beginnings.add(ends).sub(chances).add(spread(loss)).minimum(0).exp();
}

/** Values moved towards the end by some states; what comes in is impossible. */
function shifted(paths: Tensor, by: number): Tensor {
  const [numRows = 1, , numStates = 1] = paths.shape;
  return paths.slice([0, 0, 0], [numRows, 1, numStates - by]).pad([0, 0, by], [0, 0, 0], impossible);
}

/** log(exp a + exp b + exp c) */
function logAdd(a: Tensor, b: Tensor, c: Tensor): Tensor {
  const largest = a.maximum(b).maximum(c);
  const scaled = (one: Tensor): Tensor => one.sub(largest).exp();
  return scaled(a).add(scaled(b)).add(scaled(c)).log().add(largest);
}
