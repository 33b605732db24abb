import type { AffineMatrix } from "./affine.js";
import type { RandomErasingOptions } from "./erase.js";
import type { CutMixOptions, MixUpOptions } from "./mix.js";
import type { RandAugmentOptions } from "./rand-augment.js";
export type FillMode = "nearest" | "constant" | "reflect" | "wrap";
export interface AugmentOptions {
  readonly rotationRange?: number;
  readonly widthShiftRange?: number | readonly number[];
  readonly heightShiftRange?: number | readonly number[];
  readonly shearRange?: number;
  readonly zoomRange?: number | readonly [number, number];
  readonly channelShiftRange?: number;
  readonly brightnessRange?: readonly [number, number];
  readonly horizontalFlip?: boolean;
  readonly verticalFlip?: boolean;
  readonly fillMode?: FillMode;
  readonly cval?: number;
  readonly randAugment?: RandAugmentOptions;
  readonly randomErasing?: RandomErasingOptions;
  readonly mixup?: MixUpOptions;
  readonly cutmix?: CutMixOptions;
}
export interface AugmentParameters {
  readonly theta: number;
  readonly tx: number;
  readonly ty: number;
  readonly shear: number;
  readonly zx: number;
  readonly zy: number;
  readonly flipHorizontal: boolean;
  readonly flipVertical: boolean;
  readonly channelShift: number;
  readonly brightness: number;
}
export interface Augmentation {
  readonly matrix: AffineMatrix;
  readonly brightness: number;
  readonly channelShift: number;
}
export declare function drawAugmentation(
  options: AugmentOptions,
  place: {
    readonly seed: number;
    readonly epoch: number;
    readonly index: number;
  },
  height: number,
  width: number,
): Augmentation;
export declare function drawParameters(
  options: AugmentOptions,
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
): AugmentParameters;
export type Pivot = "centre" | "keras";
export declare function affineMatrix(
  parameters: Pick<
    AugmentParameters,
    "theta" | "tx" | "ty" | "shear" | "zx" | "zy" | "flipHorizontal" | "flipVertical"
  >,
  height: number,
  width: number,
  pivot?: Pivot,
): AffineMatrix;
