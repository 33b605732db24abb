// MixUp and CutMix: with which other picture of its batch each sample is mixed, where, and by how much. Pure host code;
// pixels and labels are mixed on the device.

import { type Box, boxOf, boxShare, emptyBox, type Factor, withinFactor } from "#learning/data/box.ts";
import { drawUniform } from "#learning/data/order.ts";

/** Name and meaning as in Keras's MixUp. */
export interface MixUpOptions {
  /** Of the Beta distribution that each sample's share is drawn from: small values mix little. Default 0.2. */
  readonly alpha?: number;
}

/** Name and meaning as in Keras's CutMix. */
export interface CutMixOptions {
  /** Bounds of the Beta distribution's parameter, drawn for each sample; a number f for [0, f]. Default 1. */
  readonly factor?: Factor;
}

/** How one sample is mixed with another. */
export interface Mixing {
  /** The other one's row in the batch. */
  readonly partner: number;
  /** What its own label counts; the partner's counts the rest. */
  readonly labelShare: number;
  /** Where pixels are mixed. */
  readonly box: Box;
  /** What its own pixels count there: 0 for CutMix. */
  readonly pixelShare: number;
}

/** Where a batch stands. */
interface MixPlace {
  readonly seed: number;
  readonly epoch: number;
  readonly indices: readonly number[];
}

export interface MixOptions {
  readonly mixup?: MixUpOptions;
  readonly cutmix?: CutMixOptions;
}

/** Tries of one draw from a gamma distribution; each is taken with a chance above 0.95, so the last is never needed. */
const numTries = 16;
/** Of one sample: two gamma draws, one block for what and where, one for the order. */
const blocksPerSample = 2 * numTries + 2;

/**
 * How the samples of a batch are mixed in one epoch: a pure function of its arguments. The partners are a random order of
 * the batch; one that is its own partner stays as it is.
 * @source Zhang et al. 2018, mixup; Yun et al. 2019, CutMix; Keras 3.15, MixUp and CutMix
 */
export function drawMixing(options: MixOptions, place: MixPlace, height: number, width: number): Mixing[] {
  const partners = drawPartners(place);
  return place.indices.map((index, row): Mixing => {
    const partner = partners[row] ?? row;
    if (partner === row) return { partner, labelShare: 1, box: emptyBox, pixelShare: 1 };
    return { partner, ...drawMix(options, { ...place, index }, height, width) };
  });
}

function drawMix(
  { mixup, cutmix }: MixOptions,
  { seed, epoch, index }: { readonly seed: number; readonly epoch: number; readonly index: number },
  height: number,
  width: number,
): Omit<Mixing, "partner"> {
  const first = index * blocksPerSample;
  const draw = (block: number): Uniforms => drawUniform(seed, "mix", epoch, first + block);
  const [choice, strength, down, across] = draw(2 * numTries);
  if (cutmix !== undefined && (mixup === undefined || choice < 0.5)) {
    // Keras's 1e-6: a Beta distribution needs a parameter above 0.
    const share = drawBeta(withinFactor(cutmix.factor ?? 1, strength) + 1e-6, draw);
    const side = Math.sqrt(1 - share);
    const box = boxOf({ height: side, width: side, down, across }, height, width);
    return { labelShare: 1 - boxShare(box, height, width), box, pixelShare: 0 };
  }
  const share = drawBeta(mixup?.alpha ?? 0.2, draw);
  return { labelShare: share, box: { top: 0, bottom: height, left: 0, right: width }, pixelShare: share };
}

/** For each row another row (or itself): a random order, the same for the same samples in the same places. */
function drawPartners({ seed, epoch, indices }: MixPlace): number[] {
  const drawn = indices.map((index, row) => {
    const [rank] = drawUniform(seed, "mix", epoch, index * blocksPerSample + 2 * numTries + 1);
    return { row, rank };
  });
  return drawn.toSorted((a, b) => a.rank - b.rank || a.row - b.row).map(({ row }) => row);
}

type Uniforms = [number, number, number, number];

/** A number from the Beta distribution with both parameters alpha, from gamma draws; exact for tiny alpha too. */
export function drawBeta(alpha: number, draw: (block: number) => Uniforms): number {
  const first = drawLogGamma(alpha, draw, 0);
  const second = drawLogGamma(alpha, draw, numTries);
  return 1 / (1 + Math.exp(second - first));
}

/**
 * The logarithm of a number from the gamma distribution: below 1e-300 the number itself would be 0.
 * @source Marsaglia and Tsang 2000, A simple method for generating gamma variables
 */
function drawLogGamma(alpha: number, draw: (block: number) => Uniforms, firstBlock: number): number {
  const d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (let attempt = 0; attempt < numTries; attempt += 1) {
    const [radius, angle, chance, boost] = draw(firstBlock + attempt);
    const x = Math.sqrt(-2 * Math.log(1 - radius)) * Math.cos(2 * Math.PI * angle);
    const v = (1 + c * x) ** 3;
    const logV = v > 0 ? Math.log(v) : Number.NEGATIVE_INFINITY;
    if (Math.log(1 - chance) >= 0.5 * x * x + d - d * v + d * logV) continue;
    return Math.log(d) + logV + (alpha < 1 ? Math.log(1 - boost) / alpha : 0);
  }
  return Math.log(d);
}
