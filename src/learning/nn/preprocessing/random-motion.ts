// Layers that turn, zoom, shift and shear training pictures, each by its own amount. Keras's ranges and matrices.

import type { Shape } from "#engine/base/shape.ts";
import { fold, uniform } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Layer } from "../layer.ts";
import {
  applyChange,
  drawBetween,
  factorBounds,
  randomPictureLayer,
  type Bounds,
  type PictureChange,
  type PictureFactor,
} from "./picture-layer.ts";
import {
  transformPictures,
  transformRule,
  transformTable,
  type TransformOptions,
  type TransformRule,
} from "./transform.ts";

/** How pictures are moved: numbers drawn for each, and the maps that they mean. */
export interface Motion<Draws> {
  /** @param shape [n, height, width, channels] */
  draw(key: Tensor, shape: Shape): Draws;
  /** f32 [n, 6], see `transformPictures`. */
  transforms(draws: Draws, shape: Shape): Tensor;
}

/** A motion as a change of pictures. */
export function motionChange<Draws>(motion: Motion<Draws>, rule: TransformRule): PictureChange<Draws> {
  return {
    draw: (key, shape) => motion.draw(key, shape),
    change: (images, draws) => transformPictures(images, motion.transforms(draws, images.shape), rule),
  };
}

export interface RandomRotationOptions extends TransformOptions {
  /** Share of a full turn, -1 to 1: f for [-f, f], or both bounds. */
  readonly factor: PictureFactor;
}

/** When training each picture turned about its centre. @source Keras 3.15, layers.RandomRotation */
export function randomRotation(options: RandomRotationOptions): Layer {
  const kind = "randomRotation";
  const rule = transformRule(kind, options);
  const change = motionChange(rotation(factorBounds(kind, "factor", options.factor, { within: [-1, 1] })), rule);
  return randomPictureLayer({
    kind,
    className: "RandomRotation",
    options,
    config: { factor: options.factor, ...rule },
    changed: (images, key) => applyChange(change, images, key),
  });
}

/** Draws f32 [n, 1]: degrees. */
export function rotation([low, high]: Bounds): Motion<Tensor> {
  return {
    draw: (key, [numPictures = 1]) => drawBetween(key, 0, [numPictures, 1], [low * 360, high * 360]),
    transforms: (degrees, [numPictures = 0, height = 0, width = 0]) => {
      const angle = degrees.mul(Math.PI / 180);
      const [cos, sin] = [angle.cos(), angle.sin()];
      const [x, y] = [(width - 1) / 2, (height - 1) / 2];
      const x0 = cos.mul(-x).add(sin.mul(y)).add(x);
      const y0 = sin.mul(-x).sub(cos.mul(y)).add(y);
      return transformTable(numPictures, [cos, sin.neg(), x0, sin, cos, y0]);
    },
  };
}

export interface RandomZoomOptions extends TransformOptions {
  /** What is added to 1, above -1 up to 1: f for [-f, f], or both bounds. Below 0 the picture becomes larger. */
  readonly heightFactor: PictureFactor;
  /** As heightFactor; left out, both sides get the same. */
  readonly widthFactor?: PictureFactor | undefined;
}

/** When training each picture zoomed about its centre. @source Keras 3.15, layers.RandomZoom */
export function randomZoom(options: RandomZoomOptions): Layer {
  const kind = "randomZoom";
  const rule = transformRule(kind, options);
  const { heightFactor, widthFactor } = options;
  const bounds = (name: string, factor: PictureFactor): Bounds =>
    factorBounds(kind, name, factor, { within: [-1 + Number.EPSILON, 1], low: "negative" });
  const across = widthFactor === undefined ? undefined : bounds("widthFactor", widthFactor);
  const change = motionChange(zoom(bounds("heightFactor", heightFactor), across), rule);
  return randomPictureLayer({
    kind,
    className: "RandomZoom",
    options,
    config: { heightFactor, widthFactor, ...rule },
    changed: (images, key) => applyChange(change, images, key),
  });
}

/** Two numbers of each picture, f32 [n, 1] each. */
export interface HeightAndWidth {
  readonly height: Tensor;
  readonly width: Tensor;
}

/** Draws what a pixel's distance from the centre is multiplied by. */
export function zoom(down: Bounds, across: Bounds | undefined): Motion<HeightAndWidth> {
  return {
    draw: (key, [numPictures = 1]) => {
      const drawn = (number: number, [low, high]: Bounds): Tensor =>
        drawBetween(key, number, [numPictures, 1], [1 + low, 1 + high]);
      const height = drawn(0, down);
      return { height, width: across === undefined ? height : drawn(1, across) };
    },
    transforms: (zooms, [numPictures = 0, height = 0, width = 0]) => {
      const offset = (factor: Tensor, extent: number): Tensor =>
        factor
          .neg()
          .add(1)
          .mul((extent - 1) / 2);
      const columns = [zooms.width, 0, offset(zooms.width, width), 0, zooms.height, offset(zooms.height, height)];
      return transformTable(numPictures, columns);
    },
  };
}

export interface RandomTranslationOptions extends TransformOptions {
  /** Share of the height, -1 to 1: f for [-f, f], or both bounds; below 0 upwards. */
  readonly heightFactor: PictureFactor;
  /** Share of the width; below 0 to the left. */
  readonly widthFactor: PictureFactor;
}

/** When training each picture shifted. @source Keras 3.15, layers.RandomTranslation */
export function randomTranslation(options: RandomTranslationOptions): Layer {
  const kind = "randomTranslation";
  const rule = transformRule(kind, options);
  const { heightFactor, widthFactor } = options;
  const bounds = (name: string, factor: PictureFactor): Bounds =>
    factorBounds(kind, name, factor, { within: [-1, 1], low: "negative" });
  const motion = translation(bounds("heightFactor", heightFactor), bounds("widthFactor", widthFactor));
  const change = motionChange(motion, rule);
  return randomPictureLayer({
    kind,
    className: "RandomTranslation",
    options,
    config: { heightFactor, widthFactor, ...rule },
    changed: (images, key) => applyChange(change, images, key),
  });
}

/** Draws pixels, down and to the right. */
export function translation(down: Bounds, across: Bounds): Motion<HeightAndWidth> {
  return {
    draw: (key, [numPictures = 1, height = 1, width = 1]) => ({
      height: drawBetween(key, 0, [numPictures, 1], down).mul(height),
      width: drawBetween(key, 1, [numPictures, 1], across).mul(width),
    }),
    transforms: ({ height, width }, [numPictures = 0]) =>
      transformTable(numPictures, [1, 0, width.neg(), 0, 1, height.neg()]),
  };
}

export interface RandomShearOptions extends TransformOptions {
  /** Columns a row moves to the side, 0 to 1: f for [-f, f], or both bounds, either way. 0 by default. */
  readonly xFactor?: PictureFactor | undefined;
  /** Rows a column moves. */
  readonly yFactor?: PictureFactor | undefined;
}

/** When training each picture sheared about its upper left corner. @source Keras 3.15, layers.RandomShear */
export function randomShear(options: RandomShearOptions = {}): Layer {
  const kind = "randomShear";
  const rule = transformRule(kind, options);
  const { xFactor = 0, yFactor = 0 } = options;
  const bounds = (name: string, factor: PictureFactor): Bounds =>
    factorBounds(kind, name, factor, { within: [0, 1], low: "negative" });
  const change = motionChange(shear(bounds("xFactor", xFactor), bounds("yFactor", yFactor)), rule);
  return randomPictureLayer({
    kind,
    className: "RandomShear",
    options,
    config: { xFactor, yFactor, ...rule },
    changed: (images, key) => applyChange(change, images, key),
  });
}

/** Shears of each picture, f32 [n, 1] each. */
export interface Shears {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** Draws both shears, as often with one sign as with the other. */
export function shear(across: Bounds, down: Bounds): Motion<Shears> {
  return {
    draw: (key, [numPictures = 1]) => {
      const sign = uniform(fold(key, 2), [numPictures, 1]).lessEqual(0.5).cast("f32").mul(2).sub(1);
      return {
        x: drawBetween(key, 0, [numPictures, 1], across).mul(sign),
        y: drawBetween(key, 1, [numPictures, 1], down).mul(sign),
      };
    },
    transforms: ({ x, y }, [numPictures = 0]) => transformTable(numPictures, [1, x, 0, y, 1, 0]),
  };
}
