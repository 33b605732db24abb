// Losses of embeddings: samples of one class should lie near each other, of two classes apart. Every pair of a batch is compared.

import { SinterError } from "#engine/base/error.ts";
import { shapeText } from "#engine/base/shape.ts";
import { eye } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { alignLabels } from "./labels.ts";
import type { SampleLosses } from "./loss-value.ts";
import type { DistanceMetric, Loss, Prediction } from "./losses.ts";
import { normalize, softplus } from "./regression-losses.ts";

/** Beyond every distance and every exponent here, and within f32. */
const far = 1e9;

interface Pairs {
  /** 1 for two samples of one class. */
  readonly alike: Tensor;
  /** 1 for two samples of two classes. */
  readonly other: Tensor;
}

/** Which samples of a batch are of one class. @param labels class numbers [n] or [n, 1] @throws shape */
function pairsOf(kind: string, labels: Tensor, output: Tensor): Pairs {
  const [numRows = 0] = output.shape;
  if (output.rank !== 2 || labels.size !== numRows) {
    throw new SinterError(
      "shape",
      `${kind}: labels ${shapeText(labels.shape)} and embeddings ${shapeText(output.shape)} came, expected class numbers ` +
        "[batch] and embeddings [batch, dimensions]. Flatten the output, and use sparse labels.",
      { labels: labels.shape, predictions: output.shape },
    );
  }
  const classes = labels.cast("i32").reshape([numRows]);
  const alike = classes.expandDims(1).equal(classes).cast("f32");
  return { alike, other: alike.neg().add(1) };
}

/**
 * softplus(logsumexp over its own class of -γ (m + d)(m - d) + logsumexp over others of γ (1 + m - d)(1 - m - d)), d = 1 - cosine of
 * embeddings of length 1, m the margin. A sample without a partner, or without others, does not count.
 */
export function circle(loss: Loss, labels: Tensor, { output }: Prediction): SampleLosses {
  const { kind, gamma = 80, margin = 0.4, removeDiagonal = true } = loss;
  const { alike, other } = pairsOf(kind, labels, output);
  const partners = removeDiagonal
    ? alike.mul(
        eye(output.shape[0] ?? 0)
          .neg()
          .add(1),
      )
    : alike;
  const distance = output.matMul(output.transpose()).neg().add(1).maximum(0);
  const near = distance.add(margin).mul(distance.neg().add(margin)).mul(-gamma);
  const apart = distance
    .neg()
    .add(1 + margin)
    .maximum(0)
    .mul(distance.neg().add(1 - margin))
    .mul(gamma);
  const joined = (exponents: Tensor, mask: Tensor): Tensor => where(mask.greater(0), exponents, -far).logSumExp(-1);
  const values = softplus(joined(near, partners).add(joined(apart, other)));
  return { values, counted: values.greater(0) };
}

/** How far each two embeddings are apart, [n, n]; its slope at 0 is 0. */
function distances(output: Tensor, metric: DistanceMetric): Tensor {
  if (metric === "angular") {
    const unit = normalize(output, -1);
    return unit.matMul(unit.transpose()).neg().add(1);
  }
  const squares = output.expandDims(1).sub(output).square().sum(-1);
  if (metric === "squaredL2") return squares;
  const isSame = squares.equal(0);
  return where(isSame, 0, where(isSame, 1, squares).sqrt());
}

/**
 * The mean of max(d(a, p) - d(a, n) + margin, 0), one number a batch: over all triplets of an anchor a, another of its class p and one
 * of another class n; or, semi-hard, over the pairs a, p with the nearest n that is further than p, else the furthest n.
 */
export function triplet(loss: Loss, labels: Tensor, { output }: Prediction): Tensor {
  const { kind, margin = 1, distanceMetric = "L2", mining = "semiHard" } = loss;
  const { alike, other } = pairsOf(kind, labels, output);
  const positive = alike.mul(
    eye(output.shape[0] ?? 0)
      .neg()
      .add(1),
  );
  const distance = distances(output, distanceMetric);
  if (mining === "all") {
    const excess = distance.expandDims(2).sub(distance.expandDims(1)).add(margin).maximum(0); // [a, p, n]
    const isTriplet = positive.expandDims(2).mul(other.expandDims(1));
    return meanOf(excess, isTriplet);
  }
  const isOther = other.greater(0);
  const isFurther = distance.expandDims(1).greater(distance.expandDims(2)).and(isOther.expandDims(1)); // [a, p, n]
  const nearestFurther = where(isFurther, distance.expandDims(1), far).min(-1); // [a, p]
  const furthest = where(isOther, distance, -far).max(-1, { keepDims: true }); // [a, 1]
  const negative = where(isFurther.cast("i32").sum(-1).greater(0), nearestFurther, furthest);
  const hasOther = other.sum(-1, { keepDims: true }).greater(0).cast("f32");
  return meanOf(distance.sub(negative).add(margin).maximum(0), positive.mul(hasOther));
}

/** The mean of the values that count, 0 where none does. @param counted 1 or 0 */
function meanOf(values: Tensor, counted: Tensor): Tensor {
  return where(counted.greater(0), values, 0).sum().div(counted.sum().maximum(1));
}

/** y d² + (1 - y) max(margin - d, 0)², elementwise: predictions are distances, labels 1 for pairs of one class. */
export function contrastive({ kind, margin = 1 }: Loss, labels: Tensor, { output }: Prediction): Tensor {
  const truth = alignLabels(kind, labels, output);
  const apart = output.neg().add(margin).maximum(0).square();
  return truth.mul(output.square()).add(truth.neg().add(1).mul(apart));
}
