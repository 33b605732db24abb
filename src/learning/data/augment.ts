// Random changes of training pictures, with the meaning of Keras's ImageDataGenerator: what may change, and what one
// sample's change is. Pure host code; pixels are changed on the device, see augment-batch.ts.

import type { AffineMatrix } from "#learning/data/affine.ts";
import type { RandomErasingOptions } from "#learning/data/erase.ts";
import type { CutMixOptions, MixUpOptions } from "#learning/data/mix.ts";
import { drawUniform } from "#learning/data/order.ts";
import type { RandAugmentOptions } from "#learning/data/rand-augment.ts";

/** What a value outside the picture is: the nearest edge, `cval`, the picture mirrored, or the picture repeated. */
export type FillMode = "nearest" | "constant" | "reflect" | "wrap";

/**
 * Names and meaning as in Keras's ImageDataGenerator and, from `randAugment` on, in the Keras layers of those names.
 * Order: affine, channel shift, flips, brightness, RandAugment, erasing, CutMix or MixUp.
 */
export interface AugmentOptions {
  /** Degrees; turned by an angle from -range to range. */
  readonly rotationRange?: number;
  /** Below 1 a share of the width, else pixels (whole ones for a whole number); from a list one is chosen, either way. */
  readonly widthShiftRange?: number | readonly number[];
  /** As widthShiftRange, of the height. */
  readonly heightShiftRange?: number | readonly number[];
  /** Degrees. */
  readonly shearRange?: number;
  /** z for [1 - z, 1 + z], or the two bounds; each axis is drawn on its own. A factor below 1 enlarges. */
  readonly zoomRange?: number | readonly [number, number];
  /** Added to every channel, in units of a pixel (0 to 255). */
  readonly channelShiftRange?: number;
  /** Bounds of the factor that brightness is multiplied by. */
  readonly brightnessRange?: readonly [number, number];
  readonly horizontalFlip?: boolean;
  readonly verticalFlip?: boolean;
  /** Default "nearest". */
  readonly fillMode?: FillMode;
  /** Value outside for fillMode "constant", 0 to 255; default 0. */
  readonly cval?: number;
  /** A few operations a picture, drawn from eleven. */
  readonly randAugment?: RandAugmentOptions;
  /** A rectangle of noise or of one value. */
  readonly randomErasing?: RandomErasingOptions;
  /** Blends two pictures of a batch and their labels. With cutmix too, each sample gets one of them, as often either. */
  readonly mixup?: MixUpOptions;
  /** Pastes a rectangle of another picture of the batch; labels are mixed by area. */
  readonly cutmix?: CutMixOptions;
}

/** One change, in Keras's terms: `tx` counts columns, `ty` rows, angles are degrees. */
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

/** What is done to one picture. */
export interface Augmentation {
  readonly matrix: AffineMatrix;
  readonly brightness: number;
  readonly channelShift: number;
}

/** Numbers drawn for one picture: three blocks of four. */
const blocksPerSample = 4;

/**
 * The change of one sample in one epoch: a pure function of its arguments.
 * @param index the sample's number in the data set
 */
export function drawAugmentation(
  options: AugmentOptions,
  place: { readonly seed: number; readonly epoch: number; readonly index: number },
  height: number,
  width: number,
): Augmentation {
  const parameters = drawParameters(options, place, height, width);
  return {
    matrix: affineMatrix(parameters, height, width),
    brightness: parameters.brightness,
    channelShift: parameters.channelShift,
  };
}

/**
 * The parameters drawn for one sample. heightShiftRange moves rows and widthShiftRange columns, as Keras documents it
 * (its code has them the other way round).
 * @source Keras 3.15, ImageDataGenerator.get_random_transform
 */
export function drawParameters(
  options: AugmentOptions,
  { seed, epoch, index }: { readonly seed: number; readonly epoch: number; readonly index: number },
  height: number,
  width: number,
): AugmentParameters {
  const block = index * blocksPerSample;
  const [turn, across, acrossSign, down] = drawUniform(seed, "augment", epoch, block);
  const [downSign, slant, zoomX, zoomY] = drawUniform(seed, "augment", epoch, block + 1);
  const [flipX, flipY, channel, bright] = drawUniform(seed, "augment", epoch, block + 2);
  const { rotationRange = 0, shearRange = 0, zoomRange = 0, channelShiftRange = 0, brightnessRange } = options;
  const [zoomLow, zoomHigh] = typeof zoomRange === "number" ? [1 - zoomRange, 1 + zoomRange] : zoomRange;
  const [brightLow, brightHigh] = brightnessRange ?? [1, 1];
  return {
    theta: between(-rotationRange, rotationRange, turn),
    tx: drawShift(options.widthShiftRange, width, across, acrossSign),
    ty: drawShift(options.heightShiftRange, height, down, downSign),
    shear: between(-shearRange, shearRange, slant),
    zx: between(zoomLow, zoomHigh, zoomX),
    zy: between(zoomLow, zoomHigh, zoomY),
    flipHorizontal: options.horizontalFlip === true && flipX < 0.5,
    flipVertical: options.verticalFlip === true && flipY < 0.5,
    channelShift: between(-channelShiftRange, channelShiftRange, channel),
    brightness: between(brightLow, brightHigh, bright),
  };
}

function drawShift(
  range: number | readonly number[] | undefined,
  extent: number,
  uniform: number,
  signUniform: number,
): number {
  if (range === undefined) return 0;
  const sign = signUniform < 0.5 ? -1 : 1;
  if (typeof range !== "number") {
    const chosen = range[Math.floor(uniform * range.length)] ?? 0;
    return sign * chosen * (Math.max(...range) < 1 ? extent : 1);
  }
  if (range < 1) return between(-range, range, uniform) * extent;
  return Number.isInteger(range) ? sign * Math.floor(uniform * range) : between(-range, range, uniform);
}

function between(low: number, high: number, uniform: number): number {
  return low === high ? low : low + (high - low) * uniform;
}

/** About which point pictures turn: their centre, or the point that Keras takes when they are not square. */
export type Pivot = "centre" | "keras";

/**
 * The matrix of a change: flips, then about the pivot zoom, shear, shift, rotation.
 * Keras interchanges height and width in its pivot; for squares both are the centre.
 * @source Keras 3.15, apply_affine_transform
 */
export function affineMatrix(
  parameters: Pick<
    AugmentParameters,
    "theta" | "tx" | "ty" | "shear" | "zx" | "zy" | "flipHorizontal" | "flipVertical"
  >,
  height: number,
  width: number,
  pivot: Pivot = "centre",
): AffineMatrix {
  const { tx, ty, zx, zy } = parameters;
  const theta = (parameters.theta * Math.PI) / 180;
  const shear = (parameters.shear * Math.PI) / 180;
  const [cos, sin] = [Math.cos(theta), Math.sin(theta)];
  // With x for columns and y for rows: [xx xy; yx yy] = rotation · shear · zoom, the shift turned with the rotation.
  const xx = cos * zx;
  const xy = (-cos * Math.sin(shear) - sin * Math.cos(shear)) * zy;
  const yx = sin * zx;
  const yy = (-sin * Math.sin(shear) + cos * Math.cos(shear)) * zy;
  const centreX = (pivot === "keras" ? height : width) / 2 - 0.5;
  const centreY = (pivot === "keras" ? width : height) / 2 - 0.5;
  const x0 = cos * tx - sin * ty + centreX - xx * centreX - xy * centreY;
  const y0 = sin * tx + cos * ty + centreY - yx * centreX - yy * centreY;
  return withFlips([yy, yx, y0, xy, xx, x0], parameters, height, width);
}

/** Flips come after the affine part: their rows and columns are counted from the other side first. */
function withFlips(
  [rowByRow, rowByColumn, row0, columnByRow, columnByColumn, column0]: AffineMatrix,
  { flipHorizontal, flipVertical }: Pick<AugmentParameters, "flipHorizontal" | "flipVertical">,
  height: number,
  width: number,
): AffineMatrix {
  const rowSign = flipVertical ? -1 : 1;
  const columnSign = flipHorizontal ? -1 : 1;
  const lastRow = flipVertical ? height - 1 : 0;
  const lastColumn = flipHorizontal ? width - 1 : 0;
  return [
    rowByRow * rowSign,
    rowByColumn * columnSign,
    row0 + rowByRow * lastRow + rowByColumn * lastColumn,
    columnByRow * rowSign,
    columnByColumn * columnSign,
    column0 + columnByRow * lastRow + columnByColumn * lastColumn,
  ];
}
