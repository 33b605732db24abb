// Layers that change training pictures by operations that each picture draws: RandAugment and AugMix.

import { choice, integer, numberWithin } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { arange } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import { fold, normal, uniform } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Layer } from "../layer.ts";
import { applyDrawn, type OperationRule } from "./drawn-operations.ts";
import {
  checkValueRange,
  clipTo,
  factorBounds,
  perPicture,
  randomPictureLayer,
  type Bounds,
  type PictureFactor,
  type RandomPictureOptions,
} from "./picture-layer.ts";

/** What both layers take. */
export interface DrawnOperationOptions extends RandomPictureOptions {
  /** What the least and the largest value of a pixel stand for; [0, 255] by default. */
  readonly valueRange?: Bounds | undefined;
  /** Strength, 0 to 1: each operation draws its own from [0, f], or from both bounds. */
  readonly factor?: PictureFactor | undefined;
  readonly interpolation?: "nearest" | "bilinear" | undefined;
}

export interface RandAugmentLayerOptions extends DrawnOperationOptions {
  /** Operations a picture, one after another; 2 by default. */
  readonly numOps?: number | undefined;
}

/**
 * When training a few of eleven operations, which each picture draws for itself (Keras draws one list a batch).
 * @source Cubuk et al. 2019, RandAugment; ranges: Keras 3.15, layers.RandAugment
 */
export function randAugment(options: RandAugmentLayerOptions = {}): Layer {
  const kind = "randAugment";
  const { factor = 0.5 } = options;
  const numOps = integer(kind, "numOps", options.numOps ?? 2);
  const rule = operationRule(kind, options, factor, true);
  return randomPictureLayer({
    kind,
    className: "RandAugment",
    options,
    config: { valueRange: rule.valueRange, numOps, factor, interpolation: rule.interpolation },
    changed: (images, key) =>
      Array.from({ length: numOps }).reduce<Tensor>(
        (changed, _, round) => applyDrawn(changed, fold(key, round), rule),
        images,
      ),
  });
}

export interface AugMixOptions extends DrawnOperationOptions {
  /** Rows of operations whose results are mixed; 3 by default. */
  readonly numChains?: number | undefined;
  /** Operations of a row, one of twelve draws being none; 3 by default. */
  readonly chainDepth?: number | undefined;
  /** Of the Dirichlet and Beta distributions that shares are drawn from; 1 by default. */
  readonly alpha?: number | undefined;
  /** Whether brightness, colour, contrast and sharpness change too; true by default. */
  readonly allOps?: boolean | undefined;
}

/**
 * When training w · x + (1 - w) · Σ share · chain(x): several rows of operations, mixed with each other and with the
 * picture. Each picture draws for itself (Keras draws one set a batch).
 * @source Hendrycks et al. 2020, AugMix; Keras 3.15, layers.AugMix
 */
export function augMix(options: AugMixOptions = {}): Layer {
  const kind = "augMix";
  const { factor = 0.3, allOps = true } = options;
  const numChains = integer(kind, "numChains", options.numChains ?? 3);
  const chainDepth = integer(kind, "chainDepth", options.chainDepth ?? 3);
  const alpha = numberWithin(kind, "alpha", options.alpha ?? 1, 1e-3, 1e3);
  const rule = operationRule(kind, options, factor, allOps);
  const { valueRange, interpolation } = rule;
  return randomPictureLayer({
    kind,
    className: "AugMix",
    options,
    config: { valueRange, numChains, chainDepth, factor, alpha, allOps, interpolation },
    changed: (images, key) => {
      const chains = Array.from({ length: numChains }, (_, chain) =>
        chained(images, fold(fold(key, 2), chain), chainDepth, rule),
      );
      const shares = drawShares(fold(key, 0), images.shape, numChains, alpha);
      const [own, rest] = drawShares(fold(key, 1), images.shape, 2, alpha);
      return own === undefined || rest === undefined ? images : mixChains(images, chains, { shares, own, valueRange });
    },
  });
}

function chained(images: Tensor, key: Tensor, depth: number, rule: OperationRule): Tensor {
  let changed = images;
  for (let step = 0; step < depth; step += 1) changed = applyDrawn(changed, fold(key, step), rule, 1);
  return changed;
}

export interface MixDraws {
  /** Of each chain, f32 [n, 1, 1, 1]. */
  readonly shares: readonly Tensor[];
  /** Of the picture itself, f32 [n, 1, 1, 1]. */
  readonly own: Tensor;
  readonly valueRange: Bounds;
}

/** own · x + (1 - own) · Σ share · chain, clipped. */
export function mixChains(images: Tensor, chains: readonly Tensor[], { shares, own, valueRange }: MixDraws): Tensor {
  const mixed = chains.reduce((sum, chain, index) => {
    const share = shares[index];
    return share === undefined ? sum : sum.add(chain.mul(share));
  }, images.mul(0));
  return clipTo(images.mul(own).add(mixed.mul(own.neg().add(1))), valueRange);
}

/**
 * Shares whose sum is 1, for each picture, from the Dirichlet distribution whose parameters are all alpha.
 * @returns `count` tensors f32 [n, 1, 1, 1]
 */
export function drawShares(key: Tensor, shape: Shape, count: number, alpha: number): Tensor[] {
  const [numPictures = 1] = shape;
  const shares = drawLogGamma(key, [numPictures, count], alpha).softmax(1);
  return Array.from({ length: count }, (_, index) =>
    shares.slice([0, index], [numPictures, 1]).reshape(perPicture(shape)),
  );
}

/** Tries of one draw; each is taken with a chance above 0.95. */
const numTries = 8;

/**
 * Logarithms of numbers from the gamma distribution: the first try that is taken, the last where none is.
 * @source Marsaglia and Tsang 2000, A simple method for generating gamma variables
 */
function drawLogGamma(key: Tensor, shape: readonly [number, number], alpha: number): Tensor {
  const d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const tries = [...shape, numTries];
  const x = normal(fold(key, 0), tries);
  const v = x.mul(c).add(1).maximum(1e-6).pow(3);
  const logV = v.log();
  const bound = x.square().mul(0.5).add(d).sub(v.mul(d)).add(logV.mul(d));
  const isTaken = uniform(fold(key, 1), tries)
    .neg()
    .log1p()
    .less(bound)
    .and(x.mul(c).greater(-1 + 1e-6));
  // The first taken try has the largest rank; the last one's is never 0.
  const rank = where(isTaken, arange(numTries).neg().add(numTries), 0).cast("f32");
  const isFirst = rank.equal(rank.max(2, { keepDims: true })).and(isTaken);
  const found = where(isFirst, logV, 0).sum(2).add(Math.log(d));
  if (alpha >= 1) return found;
  return found.add(
    uniform(fold(key, 2), shape)
      .neg()
      .log1p()
      .mul(1 / alpha),
  );
}

function operationRule(
  kind: string,
  options: DrawnOperationOptions,
  factor: PictureFactor,
  allOps: boolean,
): OperationRule {
  return {
    valueRange: checkValueRange(kind, options.valueRange),
    factor: factorBounds(kind, "factor", factor, { within: [0, 1] }),
    interpolation: choice(kind, "interpolation", options.interpolation ?? "bilinear", ["nearest", "bilinear"]),
    allOps,
  };
}
