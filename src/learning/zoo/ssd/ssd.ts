// SSD (Liu et al., SSD: single shot multibox detector, 2016): corrections and classes of default boxes, from feature maps of
// several sizes.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { Detector } from "#learning/train/detection/detector.ts";
import { model } from "#learning/train/functional.ts";
import { anchorsPerPlace, defaultBoxes, evenScales, type Extents } from "./anchors.ts";
import { decodeBoxes } from "./box-coder.ts";
import { ssdLoss, type SsdLossOptions } from "./ssd-loss.ts";
import { smallMaps } from "./small-maps.ts";

/** From a picture to feature maps, the largest first. */
export type FeatureMaps = (picture: SymbolicTensor) => readonly SymbolicTensor[];

export interface SsdOptions extends SsdLossOptions {
  /** Classes of objects; the background is one more inside. */
  readonly classes: number;
  /** Height, width, channels; [300, 300, 3]. */
  readonly inputShape?: Shape;
  /** A small convolutional network when left out: maps of an eighth of the picture, a sixteenth and on. */
  readonly features?: FeatureMaps;
  /** Of each map, see `defaultBoxes`; 2 and 3 when left out. */
  readonly aspectRatios?: readonly (readonly number[])[];
  /** Shares of the picture, one a map and one more; from 0.15 to 0.9, and 1, when left out. */
  readonly scales?: readonly number[];
  /** Pixels between places of each map. */
  readonly steps?: readonly number[];
  readonly name?: string;
  /** Of the first weights; 0. */
  readonly seed?: number;
}

const optionNames = [
  "classes",
  "inputShape",
  "features",
  "aspectRatios",
  "scales",
  "steps",
  "iouThreshold",
  "negativeRatio",
  "name",
  "seed",
];

/**
 * An SSD with random weights. Its network gives corrections [numAnchors, 4] and logits [numAnchors, 1 + classes].
 * @throws option
 * @example
 * const detector = ssd({ classes: 3, inputShape: [128, 128, 3] });
 * await detector.fit(train, { epochs: 30, optimizer: "adam", learningRate: 1e-3 });
 * const [{ boxes, labels, scores }] = await detector.predict(["street.jpg"]);
 */
export function ssd(options: SsdOptions): Detector {
  const { classes, inputShape = [300, 300, 3], features = smallMaps, name = "ssd", seed = 0 } = options;
  const learnt = checkSsd(options, inputShape);
  const [height = 0, width = 0] = inputShape;
  const picture = layers.input({ shape: inputShape, name: "picture" });
  const maps = features(picture);
  const { aspectRatios = maps.map(() => [2, 3]), scales = evenScales(maps.length, 0.15, 0.9), steps } = options;
  const extents = maps.map(({ type: { shape } }): Extents => [shape[0] ?? 1, shape[1] ?? 1]);
  const corners = defaultBoxes({ size: [height, width], maps: extents, aspectRatios, scales, steps });
  const shape = [corners.length / 4, 4];
  const perPlace = anchorsPerPlace(aspectRatios);
  const heads = [
    head(maps, perPlace, { columns: 4, name: "corrections" }),
    head(maps, perPlace, { columns: 1 + classes, name: "logits" }),
  ];
  return new Detector({
    name,
    net: model({ inputs: picture, outputs: heads, name, seed }),
    numClasses: classes,
    loss: ([corrections = tensor([]), logits = tensor([])], boxes, labels) => {
      const parts = { corrections, logits, boxes, labels, anchors: tensor(corners, { shape }) };
      const { box, classification } = ssdLoss(parts, learnt);
      return box.add(classification);
    },
    decode: ([corrections = tensor([]), logits = tensor([])]) => {
      const scores = logits.softmax(-1);
      const [batch = 0, numAnchors = 0] = scores.shape;
      return {
        boxes: decodeBoxes(corrections, tensor(corners, { shape })),
        scores: scores.slice([0, 0, 1], [batch, numAnchors, classes]),
      };
    },
    suppression: { iouThreshold: 0.45, scoreThreshold: 0.01, topK: 400, maxDetections: 200 },
  });
}

function checkSsd(options: SsdOptions, inputShape: Shape): Required<SsdLossOptions> {
  checkOptions("ssd", options, optionNames);
  integer("ssd", "classes", options.classes);
  if (inputShape.length !== 3) {
    throw new SinterError("option", `ssd: inputShape [${inputShape.join(", ")}]. Give [height, width, channels].`);
  }
  return {
    iouThreshold: numberWithin("ssd", "iouThreshold", options.iouThreshold ?? 0.5, 0, 1),
    negativeRatio: numberWithin("ssd", "negativeRatio", options.negativeRatio ?? 3, 0),
  };
}

interface Head {
  /** Numbers of each default box. */
  readonly columns: number;
  readonly name: string;
}

/** A 3 x 3 convolution of each map, all default boxes one after another. */
function head(maps: readonly SymbolicTensor[], perPlace: readonly number[], { columns, name }: Head): SymbolicTensor {
  const parts = maps.map((map, index) => {
    const filters = (perPlace[index] ?? 2) * columns;
    const options = { filters, kernelSize: 3, padding: "same", name: `${name}_${index}` } as const;
    const [rows = 1, across = 1] = map.type.shape;
    const shape = [(rows * across * filters) / columns, columns];
    return layers
      .reshape({ targetShape: shape, name: `${name}_rows_${index}` })
      .apply(layers.conv2d(options).apply(map));
  });
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  return layers.concatenate({ axis: 1, name }).apply(parts); // [numAnchors, columns]
}
