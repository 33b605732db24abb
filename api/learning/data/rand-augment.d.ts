import { type AffineMatrix } from "./affine.js";
import { type Factor } from "./box.js";
export interface RandAugmentOptions {
  readonly valueRange?: readonly [low: number, high: number];
  readonly numOps?: number;
  readonly factor?: Factor;
}
export declare const operationNames: readonly [
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
];
export type OperationName = (typeof operationNames)[number];
export interface Operation {
  readonly name: OperationName;
  readonly matrix: AffineMatrix;
  readonly strength: number;
  readonly threshold: number;
}
export declare const maxOperations = 8;
export declare function drawOperations(
  { numOps, factor }: RandAugmentOptions,
  {
    seed,
    epoch,
    index,
  }: {
    readonly seed: number;
    readonly epoch: number;
    readonly index: number;
  },
  height: number,
  width: number,
): Operation[];
