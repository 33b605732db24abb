// RandAugment: which operations one sample gets, and how strong. Pure host code; pixels are changed on the device.

import {
  type AffineMatrix,
  identityMatrix,
  rotationMatrix,
  shearMatrix,
  translationMatrix,
} from "#learning/data/affine.ts";
import { type Factor, withinFactor } from "#learning/data/box.ts";
import { drawUniform } from "#learning/data/order.ts";

/** Names and meaning as in Keras's RandAugment. */
export interface RandAugmentOptions {
  /** What the least and the largest value of a pixel stand for, before `rescale`. Default [0, 255]. */
  readonly valueRange?: readonly [low: number, high: number];
  /** Operations a picture, one after another; 1 to 8, default 2. */
  readonly numOps?: number;
  /** Strength, 0 to 1: each operation draws its own from [0, factor], or from both bounds. Default 0.5. */
  readonly factor?: Factor;
}

/** The operations, in Keras's order. */
export const operationNames = [
  "shear",
  "translation",
  "rotation",
  "brightness",
  "colorDegeneration",
  "contrast",
  "sharpness",
  "posterization",
  "solarization",
  "autoContrast",
  "equalization",
] as const;

export type OperationName = (typeof operationNames)[number];

/** One operation on one picture. */
export interface Operation {
  readonly name: OperationName;
  /** Of shear, translation and rotation; else what moves nothing. */
  readonly matrix: AffineMatrix;
  /**
   * brightness: what is added; colorDegeneration: share of grey; contrast: factor; sharpness: share of the sharp picture;
   * posterization: the step between two levels; solarization: what is added. Values count 0 to 255.
   */
  readonly strength: number;
  /** solarization: values from here on are turned over. */
  readonly threshold: number;
}

/** As many as fit into the blocks of a sample. */
export const maxOperations = 8;

/**
 * The operations of one sample in one epoch: a pure function of its arguments. Keras draws one list of operations for a
 * whole batch; here, as in the paper, each picture has its own.
 * @source Cubuk et al. 2019, RandAugment; ranges: Keras 3.15, RandAugment
 */
export function drawOperations(
  { numOps = 2, factor = 0.5 }: RandAugmentOptions,
  { seed, epoch, index }: { readonly seed: number; readonly epoch: number; readonly index: number },
  height: number,
  width: number,
): Operation[] {
  return Array.from({ length: numOps }, (_, round) => {
    const [choice, first, second, sign] = drawUniform(seed, "randAugment", epoch, index * maxOperations + round);
    const name = operationNames[Math.floor(choice * operationNames.length)] ?? "shear";
    return drawOperation(name, { factor, first, second, sign }, height, width);
  });
}

interface Draws {
  readonly factor: Factor;
  readonly first: number;
  readonly second: number;
  readonly sign: number;
}

function drawOperation(name: OperationName, draws: Draws, height: number, width: number): Operation {
  const { factor } = draws;
  const [low, high] = typeof factor === "number" ? [0, factor] : factor;
  const [first, second] = [withinFactor(factor, draws.first), withinFactor(factor, draws.second)];
  const sign = draws.sign > 0.5 ? -1 : 1;
  // Keras multiplies the upper bound alone.
  const level = (uniform: number): number => low + (high * 255 - low) * uniform;
  const operation = { name, matrix: identityMatrix, strength: 0, threshold: 0 };
  switch (name) {
    case "shear":
      return { ...operation, matrix: shearMatrix(sign * first, sign * second) };
    case "translation":
      return { ...operation, matrix: translationMatrix(first * height, second * width) };
    case "rotation":
      return { ...operation, matrix: rotationMatrix(first * 360, height, width) };
    case "brightness":
      return { ...operation, strength: first * 255 };
    case "colorDegeneration":
      return { ...operation, strength: first };
    case "contrast":
      return { ...operation, strength: 1 - low + (low + high) * draws.first };
    case "sharpness":
      return { ...operation, strength: first * 2 };
    case "posterization":
      return { ...operation, strength: 2 ** (8 - numBitsKept(high, draws.first)) };
    case "solarization":
      return { ...operation, strength: level(draws.first), threshold: level(draws.second) };
    case "autoContrast":
    case "equalization":
      return operation;
    default:
      return name satisfies never;
  }
}

/** 1 to 8 · factor - 1, as Keras draws it. */
function numBitsKept(factor: number, uniform: number): number {
  const limit = Math.max(1, Math.floor(8 * factor));
  return limit === 1 ? 1 : 1 + Math.floor(uniform * (limit - 1));
}
