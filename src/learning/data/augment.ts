// Random changes of training pictures, with the meaning of Keras's ImageDataGenerator: what may change, and what one
// sample's change is. Pure host code; pixels are changed on the device, see augment-batch.ts.

/** What a value outside the picture is: the nearest edge, `cval`, the picture mirrored, or the picture repeated. */
export type FillMode = "nearest" | "constant" | "reflect" | "wrap";

/** Names and meaning as in Keras's ImageDataGenerator. */
export interface AugmentOptions {
  /** Degrees; turned by an angle from -range to range. */
  readonly rotationRange?: number;
  /** Below 1 a share of the width, else pixels; a pair bounds, a longer list is chosen from. */
  readonly widthShiftRange?: number;
  readonly heightShiftRange?: number;
  /** Degrees. */
  readonly shearRange?: number;
  /** z for [1 - z, 1 + z], or the two bounds; each axis is drawn on its own. */
  readonly zoomRange?: number | readonly [number, number];
  /** Added to each channel, in units of a pixel (0 to 255). */
  readonly channelShiftRange?: number;
  /** Bounds of the factor that brightness is multiplied by. */
  readonly brightnessRange?: readonly [number, number];
  readonly horizontalFlip?: boolean;
  readonly verticalFlip?: boolean;
  readonly fillMode?: FillMode;
  /** Value outside for fillMode "constant", 0 to 255. */
  readonly cval?: number;
}
