// What is known of the objects of a picture: boxes, classes, masks; and the forms that boxes are written in. Pure host code.

import { SinterError } from "#engine/base/error.ts";

/** Forms of a box: two corners; upper left corner and extents; centre and extents. */
export const boxForms = ["xyxy", "xywh", "cxcywh"] as const;

export type BoxForm = (typeof boxForms)[number];

/** Left, top, right, bottom in pixels: x grows to the right, y downwards, pixel (0, 0) reaches from 0 to 1. */
export type CornerBox = readonly [x1: number, y1: number, x2: number, y2: number];

/** Height and width. */
export type PictureSize = readonly [height: number, width: number];

/** What is in a picture. */
export interface PictureObjects {
  readonly boxes: readonly CornerBox[];
  /** The class of each, from 0. */
  readonly labels: readonly number[];
  /** Which boxes stand for a crowd: finding it counts neither for nor against; none when left out. */
  readonly crowd?: readonly boolean[];
  /** In pixels; the boxes' own when left out. COCO gives those of the outlines. */
  readonly areas?: readonly number[];
  /** Of each [height · width], not 0 inside. */
  readonly masks?: readonly ArrayLike<number>[];
}

/** What was found in a picture. */
export interface PictureDetections extends Pick<PictureObjects, "boxes" | "labels" | "masks"> {
  /** How sure each is; higher comes first. */
  readonly scores: readonly number[];
}

/** A box of any form as its corners. */
export function cornersOf([a, b, c, d]: CornerBox, form: BoxForm): CornerBox {
  if (form === "xyxy") return [a, b, c, d];
  return form === "xywh" ? [a, b, a + c, b + d] : [a - c / 2, b - d / 2, a + c / 2, b + d / 2];
}

/** The box with x times one number and y times another. */
export function scaledBox([x1, y1, x2, y2]: CornerBox, down: number, across: number): CornerBox {
  return [x1 * across, y1 * down, x2 * across, y2 * down];
}

/** @throws shape unless every list has an entry for each box */
export function checkObjects(where: string, objects: PictureObjects | PictureDetections): void {
  const { boxes, ...lists } = objects;
  for (const [name, list] of Object.entries(lists)) {
    if (list === undefined || list.length === boxes.length) continue;
    throw new SinterError(
      "shape",
      `${where}: ${boxes.length} boxes and ${list.length} ${name}. Give one of ${name} for each box.`,
      { boxes: boxes.length, [name]: list.length },
    );
  }
}
