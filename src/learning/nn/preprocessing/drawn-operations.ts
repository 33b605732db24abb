// A row of operations of which each picture draws one at a time: what RandAugment and AugMix share. Motions are told apart
// by their matrices, so that pixels are read once.

import { fold, uniform } from "#engine/tensor/random.ts";
import { keep } from "#engine/tensor/keep.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { equalizeWithin, posterizationChange, solarizationChange, stretchWithin } from "./levels.ts";
import { applyChange, perPicture, type Bounds, type PictureChange } from "./picture-layer.ts";
import { degenerationChange } from "./random-colours.ts";
import { brightnessChange, contrastChange, sharpnessChange } from "./random-light.ts";
import { rotation, shear, translation, type Motion } from "./random-motion.ts";
import { transformPictures, transformTable } from "./transform.ts";

export interface OperationRule {
  readonly valueRange: Bounds;
  /** Strengths, each drawn for itself. */
  readonly factor: Bounds;
  readonly interpolation: "nearest" | "bilinear";
  /** Whether brightness, colour, contrast and sharpness change too. */
  readonly allOps: boolean;
}

type Change = (images: Tensor, key: Tensor) => Tensor;

/** What moves no pixel. */
function colourChanges({ valueRange, factor, allOps }: OperationRule): readonly Change[] {
  const changeOf =
    <Draws>(change: PictureChange<Draws>): Change =>
    (images, key) =>
      applyChange(change, images, key);
  const numBits = Math.max(1, Math.trunc(8 * factor[1]));
  const always = [
    changeOf(posterizationChange([1, numBits], valueRange)),
    changeOf(solarizationChange(factor, factor, valueRange)),
    (images: Tensor) => stretchWithin(images, valueRange),
    (images: Tensor) => equalizeWithin(images, valueRange, 256),
  ];
  if (!allOps) return always;
  return [
    ...always,
    changeOf(brightnessChange(factor, valueRange)),
    changeOf(degenerationChange(factor, valueRange)),
    changeOf(contrastChange(factor, valueRange)),
    changeOf(sharpnessChange(factor, valueRange)),
  ];
}

/** How many operations there are. */
export function numOperations({ allOps }: Pick<OperationRule, "allOps">): number {
  return allOps ? 11 : 7;
}

/**
 * Each picture after one operation that it draws, all as likely.
 * @param numNothing how many further choices change nothing
 * @returns f32 [n, height, width, channels]
 */
export function applyDrawn(images: Tensor, key: Tensor, rule: OperationRule, numNothing = 0): Tensor {
  const numChoices = numOperations(rule) + numNothing;
  const choice = uniform(fold(key, 0), perPicture(images.shape)).mul(numChoices).floor();
  // Rounds follow each other: without memory between them the second would compute the first anew at every use.
  return keep(applyChosen(images, choice, fold(key, 1), rule));
}

/** @param choice f32 [n, 1, 1, 1]: 0 to 2 moves, what is above the last operation changes nothing */
export function applyChosen(images: Tensor, choice: Tensor, key: Tensor, rule: OperationRule): Tensor {
  const moved = movedBy(images, choice, key, rule);
  return colourChanges(rule).reduce(
    (kept, change, index) =>
      where(choice.equal(index + motionCount), change(images, fold(key, index + motionCount)), kept),
    where(choice.less(motionCount), moved, images),
  );
}

const motionCount = 3;

/** Of choices 0, 1 and 2: sheared, shifted, turned. */
function movedBy(images: Tensor, choice: Tensor, key: Tensor, { factor, interpolation }: OperationRule): Tensor {
  const { shape } = images;
  const numPictures = shape[0] ?? 0;
  const drawn = <Draws>(motion: Motion<Draws>, number: number): Tensor =>
    motion.transforms(motion.draw(fold(key, number), shape), shape);
  const which = choice.reshape([numPictures, 1]);
  const transforms = where(
    which.equal(0),
    drawn(shear(factor, factor), 0),
    where(
      which.equal(1),
      drawn(translation(factor, factor), 1),
      where(which.equal(2), drawn(rotation(factor), 2), transformTable(numPictures, [1, 0, 0, 0, 1, 0])),
    ),
  );
  return transformPictures(images, transforms, { interpolation, fillMode: "reflect", fillValue: 0 });
}
