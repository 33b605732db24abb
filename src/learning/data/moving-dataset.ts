// Pictures with targets that move with them: boxes, masks. Draws no change itself: it moves targets by the matrices that
// training moves the pictures by.

import type { DType } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import type { AffineMatrix } from "#learning/data/affine.ts";
import { drawAugmentation, type AugmentOptions } from "#learning/data/augment.ts";
import type { Batch, BatchOptions, BrokenSample, Dataset, LabelMode, Rescale } from "#learning/data/dataset.ts";
import type { SampleDataset, ViewOptions } from "#learning/data/sample-dataset.ts";

/** A sample of a batch. */
export interface MovedSample {
  /** Its number in the source. */
  readonly index: number;
  /** How training moves its picture; undefined where it does not. */
  readonly matrix: AffineMatrix | undefined;
}

/** What comes with the pictures. */
export interface MovingTargets {
  /** What a batch gets beside its pictures. */
  collect(samples: readonly MovedSample[], x: Batch["x"]): Promise<Partial<Batch>> | Partial<Batch>;
  /** Of all inputs, where the targets are inputs. */
  readonly elementShapes?: readonly (readonly number[])[];
  readonly inputNames?: readonly string[];
  readonly classNames: readonly string[];
}

/** Pictures and what moves with them, in the batches of the pictures. */
export class MovingDataset<Targets extends MovingTargets> implements Dataset {
  /** The pictures alone. */
  readonly pictures: SampleDataset;
  readonly classNames: readonly string[];
  readonly labelMode: LabelMode = "values";
  readonly elementShapes?: readonly (readonly number[])[];
  readonly inputNames?: readonly string[];
  readonly rescale?: Rescale;
  readonly augment?: AugmentOptions;
  readonly targets: Targets;

  /** @throws option for changes that boxes and masks cannot follow */
  constructor(pictures: SampleDataset, targets: Targets, name: string) {
    checkChanges(pictures.augment, name);
    this.pictures = pictures;
    this.targets = targets;
    this.classNames = targets.classNames;
    if (targets.elementShapes !== undefined) this.elementShapes = targets.elementShapes;
    if (targets.inputNames !== undefined) this.inputNames = targets.inputNames;
    if (pictures.rescale !== undefined) this.rescale = pictures.rescale;
    if (pictures.augment !== undefined) this.augment = pictures.augment;
  }

  get numSamples(): number {
    return this.pictures.numSamples;
  }
  get batchSize(): number {
    return this.pictures.batchSize;
  }
  get numBatches(): number {
    return this.pictures.numBatches;
  }
  get files(): readonly string[] {
    return this.pictures.files ?? [];
  }
  get elementShape(): readonly number[] {
    return this.pictures.elementShape;
  }
  get dtype(): DType {
    return this.pictures.dtype;
  }
  get shuffle(): boolean {
    return this.pictures.shuffle;
  }
  get seed(): number {
    return this.pictures.seed;
  }
  get broken(): readonly BrokenSample[] {
    return this.pictures.broken;
  }

  /** The first samples, in file order. */
  take(numSamples: number, options?: ViewOptions): MovingDataset<Targets> {
    return this.#cut(this.pictures.take(numSamples, options));
  }

  /** All but the first samples. */
  skip(numSamples: number, options?: ViewOptions): MovingDataset<Targets> {
    return this.#cut(this.pictures.skip(numSamples, options));
  }

  /** The samples at these positions. @throws value for a position outside */
  subset(indices: ArrayLike<number>, options?: ViewOptions): MovingDataset<Targets> {
    return this.#cut(this.pictures.subset(indices, options));
  }

  /** The same samples in other batches, order or colours. */
  with(options: ViewOptions): MovingDataset<Targets> {
    return this.#cut(this.pictures.with(options));
  }

  #cut(pictures: SampleDataset): MovingDataset<Targets> {
    return new MovingDataset(pictures, this.targets, "dataset");
  }

  async *batches(epoch: number, options: BatchOptions = {}): AsyncGenerator<Batch, void, undefined> {
    const { pictures, targets } = this;
    const [height = 0, width = 0] = pictures.elementShape;
    const { augment } = pictures;
    for await (const batch of pictures.batches(epoch, options)) {
      const samples = batch.indices.map((position, row): MovedSample => {
        const place = { seed: pictures.seed, epoch, index: batch.draws?.[row] ?? position };
        const isMoved = options.isTraining === true && augment !== undefined;
        const matrix = isMoved ? drawAugmentation(augment, place, height, width).matrix : undefined;
        return { index: pictures.sourceIndex(position), matrix };
      });
      yield { ...batch, ...(await targets.collect(samples, batch.x)) };
    }
  }
}

/** What moves pixels by no matrix, or mixes pictures. */
const unfollowed = ["randAugment", "mixup", "cutmix"] as const;

function checkChanges(augment: AugmentOptions | undefined, name: string): void {
  const found = unfollowed.find((option) => augment?.[option] !== undefined);
  if (found === undefined) return;
  throw new SinterError(
    "option",
    `${name}: ${found} of augment moves or mixes pictures in ways that boxes and masks do not follow. Leave it out; ` +
      "rotationRange, shifts, shearRange, zoomRange and flips move them too.",
    { option: found },
  );
}
