// The layer that shows training pictures from the side: their corners move, and lines stay lines.

import { numberWithin } from "#engine/base/options.ts";
import { where } from "#engine/tensor/math.ts";
import { fold, uniform } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Layer } from "../layer.ts";
import {
  applyChange,
  drawWhether,
  factorBounds,
  randomPictureLayer,
  type Bounds,
  type PictureChange,
  type PictureFactor,
  type RandomPictureOptions,
} from "./picture-layer.ts";
import { transformPictures, transformRule, transformTable, type TransformRule } from "./transform.ts";

export interface RandomPerspectiveOptions extends RandomPictureOptions {
  /** How likely a picture changes: p draws the likelihood from [0, p]; [p, p] takes p itself. 1 by default. */
  readonly factor?: PictureFactor | undefined;
  /** How far corners move, 0 to 1: by up to half of it, as a share of their distance from the upper left one. */
  readonly scale?: number | undefined;
  readonly interpolation?: "nearest" | "bilinear" | undefined;
  /** What lies outside of the picture. */
  readonly fillValue?: number | undefined;
}

/** When training each picture's corners moved, each by chance. @source Keras 3.15, layers.RandomPerspective */
export function randomPerspective(options: RandomPerspectiveOptions = {}): Layer {
  const kind = "randomPerspective";
  const { factor = 1 } = options;
  const scale = numberWithin(kind, "scale", options.scale ?? 1, 0, 1);
  const { interpolation, fillValue } = options;
  const rule = transformRule(kind, { interpolation, fillValue, fillMode: "constant" });
  const bounds = factorBounds(kind, "factor", factor, { within: [0, 1] });
  const change = perspectiveChange(bounds, scale, rule);
  return randomPictureLayer({
    kind,
    className: "RandomPerspective",
    options,
    config: { factor, scale, interpolation: rule.interpolation, fillValue: rule.fillValue },
    changed: (images, key) => applyChange(change, images, key),
  });
}

/** What a perspective draws. */
export interface PerspectiveDraws {
  /** bool [n, 1, 1, 1] */
  readonly isChanged: Tensor;
  /**
   * f32 [n, 4, 2]: shares that the corners' x and y grow by; upper left, upper right, lower left, lower right.
   */
  readonly growth: Tensor;
}

export function perspectiveChange(bounds: Bounds, scale: number, rule: TransformRule): PictureChange<PerspectiveDraws> {
  return {
    draw: (key, shape) => ({
      isChanged: drawWhether(key, 0, shape, bounds),
      growth: uniform(fold(key, 2), [shape[0] ?? 1, 4, 2], { low: -scale / 2, high: scale / 2 }),
    }),
    change: (images, { isChanged, growth }) => {
      const moved = transformPictures(images, perspectiveTransforms(growth, images.shape), rule);
      return where(isChanged, moved, images);
    },
  };
}

/** The maps that take the moved corners back to the picture's: f32 [n, 8]. */
function perspectiveTransforms(growth: Tensor, [numPictures = 0, height = 0, width = 0]: readonly number[]): Tensor {
  const [right, bottom] = [width - 1, height - 1];
  const moved = (corner: number, axis: 0 | 1, whole: number): Tensor =>
    growth.slice([0, corner, axis], [numPictures, 1, 1]).reshape([numPictures, 1]).mul(whole).add(whole);
  const x: Corners = [moved(0, 0, 0), moved(1, 0, right), moved(2, 0, 0), moved(3, 0, right)];
  const y: Corners = [moved(0, 1, 0), moved(1, 1, 0), moved(2, 1, bottom), moved(3, 1, bottom)];
  return transformTable(numPictures, squareOfCorners(x, y, right, bottom));
}

/** Upper left, upper right, lower left, lower right. */
type Corners = readonly [Tensor, Tensor, Tensor, Tensor];

/**
 * The inverse of the map from the unit square to four corners, times the picture's sides.
 * @source Heckbert 1989, Fundamentals of texture mapping and image warping, section 2.2.3
 */
function squareOfCorners(x: Corners, y: Corners, right: number, bottom: number): Tensor[] {
  const { g, h } = vanishing(x, y);
  const [a, b, c] = rowOfMap(x, g, h);
  const [d, e, f] = rowOfMap(y, g, h);
  const scale = a.mul(e).sub(b.mul(d));
  const [across, down] = [(part: Tensor) => part.mul(right).div(scale), (part: Tensor) => part.mul(bottom).div(scale)];
  return [
    across(e.sub(f.mul(h))),
    across(c.mul(h).sub(b)),
    across(b.mul(f).sub(c.mul(e))),
    down(f.mul(g).sub(d)),
    down(a.sub(c.mul(g))),
    down(c.mul(d).sub(a.mul(f))),
    d.mul(h).sub(e.mul(g)).div(scale),
    b.mul(g).sub(a.mul(h)).div(scale),
  ];
}

/** The last row of the map from the unit square: (g, h, 1). */
function vanishing(x: Corners, y: Corners): { readonly g: Tensor; readonly h: Tensor } {
  const sum = ([upperLeft, upperRight, lowerLeft, lowerRight]: Corners): Tensor =>
    upperLeft.sub(upperRight).add(lowerRight).sub(lowerLeft);
  const [sumX, sumY] = [sum(x), sum(y)];
  const [x1, x2] = [x[1].sub(x[3]), x[2].sub(x[3])];
  const [y1, y2] = [y[1].sub(y[3]), y[2].sub(y[3])];
  const determinant = x1.mul(y2).sub(x2.mul(y1));
  return {
    g: sumX.mul(y2).sub(x2.mul(sumY)).div(determinant),
    h: x1.mul(sumY).sub(sumX.mul(y1)).div(determinant),
  };
}

/** One of the first two rows of the map from the unit square. */
function rowOfMap(
  [upperLeft, upperRight, lowerLeft]: Corners,
  g: Tensor,
  h: Tensor,
): readonly [Tensor, Tensor, Tensor] {
  return [upperRight.sub(upperLeft).add(g.mul(upperRight)), lowerLeft.sub(upperLeft).add(h.mul(lowerLeft)), upperLeft];
}
