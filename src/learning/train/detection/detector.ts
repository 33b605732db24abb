// A detector of any kind: trained on pictures with boxes, used, measured. What kind it is, its parts say.

import type { HostArray } from "#engine/base/dtype.ts";
import { BugError, SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit } from "#engine/tensor/transforms.ts";
import type { AnnotatedPicture } from "#learning/data/detection/annotations.ts";
import type { DetectionDataset } from "#learning/data/detection/box-dataset.ts";
import {
  scaledBox,
  type PictureDetections,
  type PictureObjects,
  type PictureSize,
} from "#learning/data/detection/picture-objects.ts";
import { imageFiles, readPictureBytes, type PictureInput } from "#learning/data/image-files.ts";
import type { SampleDataset } from "#learning/data/sample-dataset.ts";
import { layers } from "#learning/nn/layers.ts";
import { makeLayer } from "#learning/nn/layer.ts";
import type { CompileOptions } from "../compile.ts";
import { model } from "../functional.ts";
import type { History } from "../history.ts";
import type { FitOptions, Model } from "../model.ts";
import { meanAveragePrecision, type AveragePrecision } from "./mean-average-precision.ts";
import { nonMaxSuppression, type SuppressionOptions } from "./non-max-suppression.ts";

/** What a batch's outputs say. */
export interface DecodedBoxes {
  /** f32 [batch, n, 4]: two corners in pixels of the resized picture. */
  readonly boxes: Tensor;
  /** f32 [batch, n, classes], 0 to 1. */
  readonly scores: Tensor;
}

/** What a detector is made of. */
export interface DetectorParts {
  readonly name: string;
  /** From a picture to whatever `loss` and `decode` take. */
  readonly net: Model;
  readonly numClasses: number;
  /**
   * A scalar.
   * @param boxes f32 [batch, maxBoxes, 4], two corners in pixels of the resized picture
   * @param labels i32 [batch, maxBoxes], -1 where there is no object
   */
  readonly loss: (outputs: readonly Tensor[], boxes: Tensor, labels: Tensor) => Tensor;
  readonly decode: (outputs: readonly Tensor[]) => DecodedBoxes;
  /** What is kept of the decoded boxes, where `predict` is not told. */
  readonly suppression: Required<Omit<SuppressionOptions, "labels">>;
}

/** As of `compile` and `fit`; the loss is the detector's own. */
export interface DetectorFitOptions
  extends
    Pick<CompileOptions, "optimizer" | "learningRate" | "mixedPrecision">,
    Omit<FitOptions, "validationData" | "validationSplit" | "classWeight" | "sampleWeight"> {
  /** Its loss is logged as valLoss. */
  readonly validationData?: DetectionDataset;
}

export interface DetectOptions extends Omit<SuppressionOptions, "labels"> {
  /** Pictures at once; 8. */
  readonly batchSize?: number;
}

const suppressionOptions = ["iouThreshold", "scoreThreshold", "topK", "maxDetections"] as const;

/** Finds boxes of objects and their classes. */
export class Detector {
  /** The network without what follows it: its weights are saved and loaded here. */
  readonly net: Model;
  readonly numClasses: number;
  /** Of the labels, once it was trained. */
  classNames: readonly string[] | undefined;
  readonly #parts: DetectorParts;
  readonly #decode: (outputs: readonly Tensor[]) => DecodedBoxes;
  #training: { readonly model: Model; readonly maxBoxes: number } | undefined;

  constructor(parts: DetectorParts) {
    this.#parts = parts;
    this.net = parts.net;
    this.numClasses = parts.numClasses;
    this.#decode = jit((outputs: readonly Tensor[]) => parts.decode(outputs));
  }

  /**
   * Learns from pictures with boxes; `loss` is logged. Optimizer and rate are those of `compile`.
   * @throws option for pictures of another size, or classes of another number
   */
  async fit(dataset: DetectionDataset, options: DetectorFitOptions = {}): Promise<History> {
    const { optimizer, learningRate, mixedPrecision, ...rest } = options;
    this.#check(dataset);
    const training = this.#trainingModel(dataset.targets.maxBoxes);
    training.setWeights(await this.net.getWeights());
    training.compile({
      loss: "meanAbsoluteError",
      ...(optimizer === undefined ? {} : { optimizer }),
      ...(learningRate === undefined ? {} : { learningRate }),
      ...(mixedPrecision === undefined ? {} : { mixedPrecision }),
    });
    const history = await training.fit(dataset, rest);
    this.net.setWeights(await training.getWeights());
    const { rescale, imageSize } = training.preprocessing;
    this.classNames = dataset.classNames;
    this.net.preprocessing = {
      classNames: dataset.classNames,
      ...(rescale === undefined ? {} : { rescale }),
      ...(imageSize === undefined ? {} : { imageSize }),
    };
    return history;
  }

  /** The network with its loss as the output, which is to become 0. */
  #trainingModel(maxBoxes: number): Model {
    if (this.#training?.maxBoxes === maxBoxes) return this.#training.model;
    const { net, loss, name } = this.#parts;
    const [height = 0, width = 0, channels = 0] = this.#pictureShape;
    const picture = layers.input({ shape: [height, width, channels], name: "picture" });
    const boxes = layers.input({ shape: [maxBoxes, 4], name: "boxes" });
    const labels = layers.input({ shape: [maxBoxes], dtype: "i32", name: "labels" });
    const outputs = net.asLayer().applyAll(picture);
    const lossLayer = makeLayer({
      kind: "detectionLoss",
      className: "DetectionLoss",
      options: {},
      known: [],
      config: {},
      outputTypes: () => [{ shape: [1], dtype: "f32" }],
      call: (_, inputs) => {
        const [own, truth] = [inputs.slice(0, outputs.length), inputs.slice(outputs.length)];
        const [trueBoxes, trueLabels] = truth;
        if (trueBoxes === undefined || trueLabels === undefined) return { outputs: [] };
        return {
          outputs: [
            loss(own, trueBoxes, trueLabels)
              .reshape([1, 1])
              .broadcastTo([trueBoxes.shape[0] ?? 1, 1]),
          ],
        };
      },
    });
    const made = model({
      inputs: [picture, boxes, labels],
      outputs: lossLayer.apply([...outputs, boxes, labels]),
      name: `${name}-training`,
    });
    this.#training = { model: made, maxBoxes };
    return made;
  }

  get #pictureShape(): readonly number[] {
    return this.net.network.input.shape;
  }

  #check({ elementShape, classNames }: DetectionDataset): void {
    const { name, numClasses } = this.#parts;
    if (String(elementShape) !== String(this.#pictureShape)) {
      throw new SinterError(
        "option",
        `${name}: pictures of [${elementShape.join(", ")}], it takes [${this.#pictureShape.join(", ")}]. Change imageSize ` +
          "of the data, or inputShape.",
        { elementShape },
      );
    }
    if (classNames.length === numClasses) return;
    throw new SinterError(
      "option",
      `${name}: the data has ${classNames.length} classes (${classNames.slice(0, 5).join(", ")}), it was made for ${numClasses}. ` +
        "Give classes: classNames.length.",
      { classNames },
    );
  }

  /**
   * What is found in pictures: boxes in pixels of each picture, by falling score. Those of a data set come in its order.
   * @param pictures paths, encoded bytes or blobs; or a data set
   * @throws file, format for a picture that cannot be read; option
   */
  async predict(
    pictures: DetectionDataset | readonly PictureInput[],
    options: DetectOptions = {},
  ): Promise<PictureDetections[]> {
    checkOptions(`${this.#parts.name}: predict`, options, [...suppressionOptions, "batchSize"]);
    if ("pictures" in pictures) return await this.#find(pictures.pictures, framesOf(pictures), options);
    if (pictures.length === 0) return [];
    const [height = 0, width = 0, channels = 3] = this.#pictureShape;
    const { rescale = 1 / 255 } = this.net.preprocessing;
    const colorMode = channels === 1 ? "grayscale" : "rgb";
    const files = imageFiles(pictures, { imageSize: [height, width], shuffle: false, rescale, colorMode });
    return await this.#find(files, await Promise.all(pictures.map(sizeOf)), options);
  }

  async #find(
    pictures: SampleDataset,
    frames: readonly PictureSize[],
    { batchSize = 8, ...asked }: DetectOptions,
  ): Promise<PictureDetections[]> {
    const found: PictureDetections[] = [];
    for (let start = 0; start < frames.length; start += batchSize) {
      const own = frames.slice(start, start + batchSize);
      const part = pictures.subset(
        Int32Array.from(own.keys(), (index) => start + index),
        { batchSize },
      );
      // oxlint-disable-next-line no-await-in-loop -- one batch in memory at a time
      const outputs = await this.net.predictAll(part, { verbose: 0 });
      const { boxes, scores } = this.#decode(outputs);
      // oxlint-disable-next-line no-await-in-loop -- one batch in memory at a time
      const [corners, rates] = await Promise.all([boxes.data(), scores.data()]);
      const numBoxes = boxes.shape[1] ?? 0;
      const rowOf = (values: HostArray, row: number, size: number): HostArray =>
        values.subarray(row * numBoxes * size, (row + 1) * numBoxes * size);
      for (const [row, frame] of own.entries()) {
        found.push(this.#kept(rowOf(corners, row, 4), rowOf(rates, row, this.numClasses), asked, frame));
      }
    }
    return found;
  }

  /** The boxes of one picture that are kept: each may be of several classes. */
  #kept(
    corners: ArrayLike<number>,
    rates: ArrayLike<number>,
    asked: Omit<SuppressionOptions, "labels">,
    frame: PictureSize,
  ): PictureDetections {
    const options = { ...this.#parts.suppression, ...asked };
    const [height = 1, width = 1] = this.#pictureShape;
    const boxes: [number, number, number, number][] = [];
    const [scores, labels]: [number[], number[]] = [[], []];
    for (let place = 0; place < rates.length; place += 1) {
      const score = rates[place] ?? 0;
      if (!(score > options.scoreThreshold)) continue;
      const box = 4 * Math.floor(place / this.numClasses);
      const at = (side: number, most: number): number => Math.min(most, Math.max(0, corners[box + side] ?? 0));
      boxes.push([at(0, width), at(1, height), at(2, width), at(3, height)]);
      scores.push(score);
      labels.push(place % this.numClasses);
    }
    const { indices, count } = nonMaxSuppression(boxes, scores, { ...options, labels });
    const chosen = Array.from(indices.subarray(0, count));
    return {
      boxes: chosen.map((index) => scaledBox(boxes[index] ?? [0, 0, 0, 0], frame[0] / height, frame[1] / width)),
      labels: chosen.map((index) => labels[index] ?? 0),
      scores: chosen.map((index) => scores[index] ?? 0),
    };
  }

  /** COCO's average precision on pictures with boxes, measured in their own pixels where these are known. */
  async evaluate(dataset: DetectionDataset, options: DetectOptions = {}): Promise<AveragePrecision> {
    this.#check(dataset);
    const found = await this.predict(dataset, options);
    return meanAveragePrecision(objectsOf(dataset), found, { numClasses: this.numClasses });
  }
}

/** What is in each picture of a data set, in pixels of the picture, or of the resized one where the boxes are shares. */
export function objectsOf(dataset: DetectionDataset): PictureObjects[] {
  return framesOf(dataset).map((frame, position) => {
    const { size, objects } = annotated(dataset, position);
    const [down, across] = [frame[0] / size[0], frame[1] / size[1]];
    return { ...objects, boxes: objects.boxes.map((box) => scaledBox(box, down, across)) };
  });
}

function framesOf(dataset: DetectionDataset): PictureSize[] {
  const [height = 1, width = 1] = dataset.elementShape;
  return Array.from({ length: dataset.numSamples }, (_, position) => {
    const { size } = annotated(dataset, position);
    return size[0] === 1 && size[1] === 1 ? [height, width] : size;
  });
}

function annotated({ pictures, targets }: DetectionDataset, position: number): AnnotatedPicture {
  const found = targets.annotations.pictures[pictures.sourceIndex(position)];
  if (found === undefined) throw new BugError(`Picture ${position} has no annotation.`);
  return found;
}

/** Height and width of a picture. */
async function sizeOf(picture: PictureInput): Promise<PictureSize> {
  const { original } = await platform().decodeImage(await readPictureBytes(picture), { size: [1, 1] });
  return [original.height, original.width];
}
