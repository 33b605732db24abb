// The training, validation and test part of a picture classification, as data sets. The parts never share a picture
// that lies in one folder; which part chooses what is the caller's business.

import { SinterError } from "#engine/base/error.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";
import { classWeights } from "#learning/data/balance.ts";
import type { BrokenSample } from "#learning/data/dataset.ts";
import { findSplits, imageFolder, type ImageFolderOptions } from "#learning/data/image-folder.ts";
import type { SampleDataset } from "#learning/data/sample-dataset.ts";
import { kFold, splitByClass, type SplitDataset } from "#learning/data/split.ts";

import type { Balance } from "./train-options.ts";

/** Where the pictures are and how they are read. */
export interface ImagePartsRequest {
  readonly folder: string;
  readonly validation?: string | undefined;
  readonly test?: string | undefined;
  /** Share of each class that becomes the validation part where none is given. */
  readonly split: number;
  /** The fold of a cross-validation that becomes the validation part; the test part is then never read. */
  readonly fold?: Fold | undefined;
  readonly imageSize: readonly [height: number, width: number];
  readonly batchSize: number;
  readonly augment: AugmentOptions | undefined;
  /** Of pixels; 1/255 where it is left out. */
  readonly rescale?: number | undefined;
  readonly seed: number;
  readonly onBroken: "error" | "skip";
  /** Whether training sees every class as often as the largest. */
  readonly balance?: Balance | undefined;
  /** Folder that decoded pictures are kept in. */
  readonly diskCache?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One of the parts that a cross-validation validates on in turn. */
export interface Fold {
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

/** The parts; a test part is there only when it was given. */
export interface ImageParts {
  readonly train: SampleDataset;
  readonly validation: SampleDataset;
  readonly test: SampleDataset | undefined;
  readonly classNames: readonly string[];
  /** Whether the validation part was split off the training folder. */
  readonly isSplit: boolean;
  /** Where each part came from, in words. */
  readonly sources: { readonly train: string; readonly validation: string; readonly test: string | undefined };
}

/**
 * Reads the folders of a job: those given, else train/, val/ and test/ inside the folder, else a validation part split
 * off by seed and stratified, with equal files on one side.
 * @throws file, data or option as `imageFolder` does
 */
export async function readImageParts(request: ImagePartsRequest): Promise<ImageParts> {
  const { folder, seed, augment } = request;
  const found = await findSplits(folder);
  const trainFolder = found.train ?? folder;
  const isFold = request.fold !== undefined;
  const validationFolder = isFold ? undefined : (request.validation ?? found.validation);
  const testFolder = isFold ? undefined : (request.test ?? found.test);
  const common: ImageFolderOptions = {
    imageSize: request.imageSize,
    batchSize: request.batchSize,
    labelMode: "sparse",
    seed,
    onBroken: request.onBroken,
    ...(request.rescale === undefined ? {} : { rescale: request.rescale }),
    ...(request.diskCache === undefined ? {} : { diskCache: { folder: request.diskCache } }),
  };
  const whole = await imageFolder(trainFolder, {
    ...common,
    shuffle: true,
    ...(augment === undefined ? {} : { augment }),
  });
  const classNames = whole.classNames ?? [];
  const heldOut = { ...common, shuffle: false, classNames };
  const parts =
    validationFolder === undefined
      ? await splitOff(whole, request)
      : { train: whole, validation: await imageFolder(validationFolder, heldOut) };
  checkClassesCovered(parts.train, classNames, trainFolder);
  return {
    train: request.balance === "oversample" ? parts.train.oversampled() : parts.train,
    validation: parts.validation,
    test: testFolder === undefined ? undefined : await imageFolder(testFolder, heldOut),
    classNames,
    isSplit: validationFolder === undefined,
    sources: { train: trainFolder, validation: validationFolder ?? `split from ${trainFolder}`, test: testFolder },
  };
}

/** What each class of the training part counts in the loss; undefined where all count alike. */
export function classWeightOf(
  { balance }: Pick<ImagePartsRequest, "balance">,
  train: SampleDataset,
): ReturnType<typeof classWeights> | undefined {
  return balance === "weights" ? classWeights(train) : undefined;
}

/** A share of each class, or the fold of a cross-validation. */
async function splitOff(whole: SampleDataset, { split, fold, seed, signal }: ImagePartsRequest): Promise<SplitDataset> {
  const options = { seed, ...(signal === undefined ? {} : { signal }) };
  if (fold === undefined) return splitByClass(whole, split, options);
  const parts = (await kFold(whole, { ...options, folds: fold.of }))[fold.number - 1];
  if (parts !== undefined) return parts;
  throw new SinterError("option", `fold ${fold.number} of ${fold.of}. Give 1 to ${fold.of}.`, { fold });
}

/** Broken pictures found so far in any part, each once. */
export function brokenPictures({ train, validation, test }: ImageParts): readonly BrokenSample[] {
  const all = [train, validation, test].flatMap((part) => part?.broken ?? []);
  return [...new Map(all.map((broken) => [broken.file, broken])).values()];
}

/** Leaves out what an earlier process of the run could not read. */
export function leaveOutPictures({ train, validation, test }: ImageParts, broken: readonly BrokenSample[]): void {
  for (const part of [train, validation, test]) part?.leaveOut(broken);
}

function checkClassesCovered(train: SampleDataset, classNames: readonly string[], folder: string): void {
  const missing = classNames.filter((_, label) => train.labels?.includes(label) !== true);
  if (missing.length === 0) return;
  throw new SinterError("data", `"${folder}": no picture is left to train ${missing.join(", ")}. Add pictures.`, {
    folder,
    missing,
  });
}
