// A trained classifier of pictures in use: predictions for pictures, scores for labelled ones. Reads a run, never writes.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { imageFiles, type PictureInput } from "#learning/data/image-files.ts";
import { imageFolder } from "#learning/data/image-folder.ts";
import type { Dataset, Rescale } from "#learning/data/dataset.ts";
import type { SampleDataset } from "#learning/data/sample-dataset.ts";
import { loadModel } from "#learning/train/load-model.ts";
import type { Model } from "#learning/train/model.ts";
import { findEvaluationFolder, pathIn } from "./evaluation-folder.ts";
import { answerOf, scoresOf, type Scores } from "./scores.ts";

/** The answer for one picture. */
export interface ImagePrediction {
  readonly label: string;
  readonly probability: number;
  /** By class, the most probable first (classes named by whole numbers: in their order, as JavaScript keeps keys). */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** What came of a picture; `index` counts the pictures asked for, from 0. */
export type PictureAnswer =
  | { readonly kind: "prediction"; readonly index: number; readonly prediction: ImagePrediction }
  | { readonly kind: "broken"; readonly index: number; readonly reason: string };

export interface PredictImageOptions {
  /** Classes listed in `probabilities`; all when left out. */
  readonly top?: number;
  readonly signal?: AbortSignal;
}

export interface EvaluateFolderOptions {
  /** "skip" leaves out pictures that cannot be read; default "error". */
  readonly onBroken?: "skip" | "error";
  readonly signal?: AbortSignal;
}

/** Pictures predicted in one go: enough to keep decoder and device busy, few enough to hold little memory. */
const chunkSize = 256;
const batchSize = 32;

/** A loaded classifier; `imageClassifier.load` makes it. */
export class ImageClassifier {
  readonly classNames: readonly string[];
  readonly imageSize: readonly [height: number, width: number];
  readonly model: Model;
  readonly #channels: number;
  readonly #rescale: Rescale;

  /** @throws format when the model does not say its classes, or does not fit them */
  constructor(model: Model) {
    const { classNames, rescale = 1 / 255 } = model.preprocessing;
    const [height, width, channels] = model.network.input.shape;
    const [numOutputs] = model.network.output.shape;
    if (classNames === undefined || height === undefined || width === undefined || channels === undefined) {
      throw new SinterError("format", "The model names no classes, or takes no pictures. Train it by sinter train.");
    }
    if (classNames.length !== (numOutputs === 1 ? 2 : numOutputs)) {
      throw new SinterError(
        "format",
        `The model has ${numOutputs} outputs for ${classNames.length} classes. Train again.`,
      );
    }
    this.model = model;
    this.classNames = classNames;
    this.imageSize = [height, width];
    this.#channels = channels;
    this.#rescale = rescale;
  }

  /**
   * One answer a picture, in order.
   * @param pictures paths, encoded bytes or blobs
   * @throws data for a picture that cannot be read
   */
  async predict(pictures: readonly PictureInput[], options: PredictImageOptions = {}): Promise<ImagePrediction[]> {
    const predictions: ImagePrediction[] = [];
    for await (const answer of this.predictEach(pictures, options)) {
      if (answer.kind === "broken") throw new SinterError("data", answer.reason, { index: answer.index });
      predictions.push(answer.prediction);
    }
    return predictions;
  }

  /** Answers as they come, in order; a picture that cannot be read is an answer too. */
  async *predictEach(
    pictures: readonly PictureInput[],
    { top = this.classNames.length, signal }: PredictImageOptions = {},
  ): AsyncGenerator<PictureAnswer, void, undefined> {
    for (let start = 0; start < pictures.length; start += chunkSize) {
      const chunk = pictures.slice(start, start + chunkSize);
      const dataset = imageFiles(chunk, { ...this.#pictureOptions(), onBroken: "skip", cacheBytes: 0 });
      // oxlint-disable-next-line no-await-in-loop -- answers stream; memory holds one chunk
      const rows = await this.#probabilities(dataset, signal);
      const reasons = new Map(dataset.broken.map(({ file, reason }) => [file, reason]));
      let next = 0;
      for (const [place, file] of (dataset.files ?? []).entries()) {
        const index = start + place;
        const reason = reasons.get(file);
        if (reason === undefined) {
          yield { kind: "prediction", index, prediction: this.#describe(rows[next] ?? [], top) };
          next += 1;
        } else yield { kind: "broken", index, reason };
      }
    }
  }

  /**
   * Scores on a folder of classes, or on the test (else validation) part inside it.
   * @throws file, data, option as `imageFolder`
   */
  async evaluate(
    folder: string,
    options: EvaluateFolderOptions = {},
  ): Promise<Scores & { readonly folder: string; readonly broken: SampleDataset["broken"] }> {
    const part = await findEvaluationFolder(folder);
    const dataset = await imageFolder(part, {
      ...this.#pictureOptions(),
      labelMode: "sparse",
      classNames: this.classNames,
      onBroken: options.onBroken ?? "error",
      cacheBytes: 0,
    });
    const scores = await this.evaluateDataset(dataset, options.signal);
    return { ...scores, folder: part, broken: dataset.broken };
  }

  /** Scores on labelled pictures; those that cannot be read are left out. */
  async evaluateDataset(dataset: SampleDataset, signal?: AbortSignal): Promise<Scores> {
    const rows = await this.#probabilities(dataset, signal);
    const broken = new Set(dataset.broken.map(({ file }) => file));
    const labels = Array.from(dataset.labels ?? []).filter((_, index) => !broken.has(dataset.files?.[index] ?? ""));
    return scoresOf(rows, labels, this.classNames, this.model.preprocessing.threshold);
  }

  #pictureOptions(): {
    readonly imageSize: readonly [number, number];
    readonly colorMode: "rgb" | "grayscale";
    readonly batchSize: number;
    readonly rescale: Rescale;
  } {
    const colorMode = this.#channels === 1 ? "grayscale" : "rgb";
    return { imageSize: this.imageSize, colorMode, batchSize, rescale: this.#rescale };
  }

  /** One row a picture that could be read, one column a class. */
  async #probabilities(dataset: Dataset, signal: AbortSignal | undefined): Promise<number[][]> {
    const output = await this.model.predict(dataset, { verbose: 0, signal });
    const values = Array.from(await output.data());
    const [numRows = 0, numColumns = 1] = output.shape;
    output.dispose();
    return Array.from({ length: numRows }, (_, row) => {
      const columns = values.slice(row * numColumns, (row + 1) * numColumns);
      const [positive = 0] = columns;
      return numColumns === 1 ? [1 - positive, positive] : columns;
    });
  }

  #describe(row: readonly number[], top: number): ImagePrediction {
    const best = answerOf(row, this.model.preprocessing.threshold);
    const order = this.classNames.map((name, label) => [name, row[label] ?? 0] as const);
    const ranked = order.toSorted(([, a], [, b]) => b - a).slice(0, top);
    return {
      label: this.classNames[best] ?? "",
      probability: row[best] ?? 0,
      probabilities: Object.fromEntries(ranked),
    };
  }
}

/** Classifiers of pictures that `sinter train` or `trainImageClassifier` wrote. */
export const imageClassifier: {
  /**
   * Loads a run, or a folder that `model.save` wrote.
   * @throws file when no model is there; format when it is no classifier of pictures
   * @example
   * const classifier = await imageClassifier.load("runs/pets");
   * const [{ label, probability }] = await classifier.predict(["photo.jpg"]);
   */
  load(run: string): Promise<ImageClassifier>;
} = {
  load: async (run) => {
    await checkIsRun(run);
    return new ImageClassifier(await loadModel(run));
  },
};

async function checkIsRun(run: string): Promise<void> {
  if ((await platform().files.stat(pathIn(run, "model.json"))) !== undefined) return;
  throw new SinterError("file", `"${run}" is no run: it has no model.json. Give a folder that sinter train wrote.`, {
    run,
  });
}
