// A one-stage detector in YOLO's manner (Redmon and Farhadi, YOLOv3: an incremental improvement, 2018): each place of a grid says
// whether the middle of an object lies in it, which box it has and of which class it is. Without default boxes.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { arange, tensor } from "#engine/tensor/create.ts";
import { oneHot, where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { convertBoxes, joinParts, pairedIou, partsOf } from "#learning/train/detection/boxes.ts";
import { Detector } from "#learning/train/detection/detector.ts";
import { model } from "#learning/train/functional.ts";
import { smallMaps } from "./ssd/small-maps.ts";
import type { FeatureMaps } from "./ssd/ssd.ts";

export interface YoloDetectorOptions {
  readonly classes: number;
  /** Height, width, channels; [416, 416, 3]. */
  readonly inputShape?: Shape;
  /** The maps whose places find objects, the largest first; an eighth, a sixteenth and a thirty-second of the picture when left out. */
  readonly features?: FeatureMaps;
  readonly name?: string;
  /** Of the first weights; 0. */
  readonly seed?: number;
}

/** The places of all maps, one after another: f32 [numPlaces, 1] each. */
interface Places {
  readonly column: Tensor;
  readonly row: Tensor;
  /** Pixels of the picture that a place stands for. */
  readonly across: Tensor;
  readonly down: Tensor;
}

/** Of each map. */
interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly down: number;
  readonly across: number;
}

/** A box is so many times a place as large where the network gives 0, and so large an object is found best by a map. */
const usualExtent = 3;
/** Boxes are at most e^4 times as large as usual, so that none overflows. */
const mostGrowth = 4;
/** What the boxes count beside the classes. */
const boxWeight = 5;

/**
 * A detector with random weights. Its network gives rows [numPlaces, 5 + classes]: the middle within the place (logits), the
 * logs of width and height, whether there is an object (logit), the classes (logits). An object belongs to the place that its
 * middle lies in, of the map whose places are nearest to a third of its longer side; of two for one place the later has it.
 * Loss over the number of objects: 5 · (1 - GIoU) of their boxes, binary cross-entropy of their classes, and of every place
 * whether it has one.
 * @throws option
 * @example
 * const detector = yolo({ classes: 3, inputShape: [128, 128, 3] });
 * await detector.fit(train, { epochs: 30, optimizer: "adam", learningRate: 1e-3 });
 */
export function yolo(options: YoloDetectorOptions): Detector {
  checkOptions("yolo", options, ["classes", "inputShape", "features", "name", "seed"]);
  const { inputShape = [416, 416, 3], features = threeMaps, name = "yolo", seed = 0 } = options;
  const classes = integer("yolo", "classes", options.classes);
  const [height = 0, width = 0] = inputShape;
  if (inputShape.length !== 3) {
    throw new SinterError("option", `yolo: inputShape [${inputShape.join(", ")}]. Give [height, width, channels].`);
  }
  const picture = layers.input({ shape: inputShape, name: "picture" });
  const maps = features(picture);
  const grids = maps.map(({ type: { shape } }): Grid => {
    const [rows = 1, columns = 1] = shape;
    return { rows, columns, down: height / rows, across: width / columns };
  });
  const net = model({ inputs: picture, outputs: head(maps, 5 + classes), name, seed });
  return new Detector({
    name,
    net,
    numClasses: classes,
    loss: ([rows = tensor([])], boxes, labels) => yoloLoss(rows, { grids, boxes, labels }),
    decode: ([rows = tensor([])]) => {
      const { boxes, objectness, classLogits } = split(rows, placesOf(grids));
      return { boxes, scores: objectness.sigmoid().mul(classLogits.sigmoid()) };
    },
    suppression: { iouThreshold: 0.45, scoreThreshold: 0.01, topK: 400, maxDetections: 200 },
  });
}

function threeMaps(picture: SymbolicTensor): readonly SymbolicTensor[] {
  return smallMaps(picture).slice(0, 3);
}

function head(maps: readonly SymbolicTensor[], columns: number): SymbolicTensor {
  const parts = maps.map((map, index) => {
    const [rows = 1, across = 1] = map.type.shape;
    const conv = layers.conv2d({ filters: columns, kernelSize: 3, padding: "same", name: `rows_${index}` }).apply(map);
    return layers.reshape({ targetShape: [rows * across, columns], name: `places_${index}` }).apply(conv);
  });
  const [first] = parts;
  return first !== undefined && parts.length === 1
    ? first
    : layers.concatenate({ axis: 1, name: "places" }).apply(parts); // [numPlaces, 5 + classes]
}

function placesOf(grids: readonly Grid[]): Places {
  const list = (of: (grid: Grid, place: number) => number): Tensor => {
    const values = grids.flatMap((grid) => Array.from({ length: grid.rows * grid.columns }, (_, at) => of(grid, at)));
    return tensor(Float32Array.from(values), { shape: [values.length, 1] });
  };
  return {
    column: list(({ columns }, place) => place % columns),
    row: list(({ columns }, place) => Math.floor(place / columns)),
    across: list(({ across }) => across),
    down: list(({ down }) => down),
  };
}

interface Rows {
  /** f32 [batch, numPlaces, 4], two corners */
  readonly boxes: Tensor;
  /** f32 [batch, numPlaces, 1] */
  readonly objectness: Tensor;
  /** f32 [batch, numPlaces, classes] */
  readonly classLogits: Tensor;
}

function split(rows: Tensor, { column, row, across, down }: Places): Rows {
  const [batch = 0, numPlaces = 0, columns = 0] = rows.shape;
  const part = (first: number, size: number): Tensor => rows.slice([0, 0, first], [batch, numPlaces, size]);
  const extent = (place: number, usual: Tensor): Tensor =>
    part(place, 1).minimum(mostGrowth).exp().mul(usual).mul(usualExtent);
  const x = part(0, 1).sigmoid().add(column).mul(across);
  const y = part(1, 1).sigmoid().add(row).mul(down);
  const flat = (one: Tensor): Tensor => one.squeeze(-1);
  const centred = joinParts([flat(x), flat(y), flat(extent(2, across)), flat(extent(3, down))]);
  return {
    boxes: convertBoxes(centred, { from: "cxcywh", to: "xyxy" }),
    objectness: part(4, 1),
    classLogits: part(5, columns - 5),
  };
}

interface Truth {
  readonly grids: readonly Grid[];
  readonly boxes: Tensor;
  readonly labels: Tensor;
}

function yoloLoss(rows: Tensor, { grids, boxes, labels }: Truth): Tensor {
  const found = split(rows, placesOf(grids));
  const [, numPlaces = 0] = rows.shape;
  const owner = ownersOf({ grids, boxes, labels }, numPlaces); // [batch, numPlaces], -1 for none
  const isObject = owner.greaterEqual(0);
  const own = isObject.cast("f32");
  const numObjects = own.sum().maximum(1);
  const chosen = oneHot(owner, labels.shape[1] ?? 0); // [batch, numPlaces, maxBoxes]
  const target = where(isObject.expandDims(2), chosen.matMul(boxes), tensor(Float32Array.of(0, 0, 1, 1)));
  const box = pairedIou(found.boxes, target, { kind: "giou" }).sub(1).neg().mul(own).sum();
  const classes = oneHot(
    chosen.matMul(labels.cast("f32").expandDims(2)).squeeze(2).round(),
    found.classLogits.shape[2] ?? 1,
  );
  const classLoss = binaryCrossentropy(found.classLogits, classes).sum(-1).mul(own).sum();
  const objectLoss = binaryCrossentropy(found.objectness.squeeze(2), own).sum();
  return box.mul(boxWeight).add(classLoss).add(objectLoss).div(numObjects);
}

/** log(1 + e^x) - x · target, without overflow. */
function binaryCrossentropy(logits: Tensor, target: Tensor): Tensor {
  return logits.relu().sub(logits.mul(target)).add(logits.abs().neg().exp().add(1).log());
}

/** Which object each place is to find: i32 [batch, numPlaces], -1 for none. */
function ownersOf({ grids, boxes, labels }: Truth, numPlaces: number): Tensor {
  const [, maxBoxes = 0] = labels.shape;
  const [x, y, width, height] = partsOf(convertBoxes(boxes, { from: "xyxy", to: "cxcywh" })); // [batch, maxBoxes] each
  const longer = width.maximum(height).maximum(1e-3).log();
  let [place, nearest, first] = [labels.mul(0), longer.mul(0).add(1e9), 0];
  for (const { rows, columns, down, across } of grids) {
    const distance = longer.sub(Math.log(usualExtent * Math.sqrt(down * across))).abs();
    const row = y
      .mul(1 / down)
      .floor()
      .clip(0, rows - 1);
    const column = x
      .mul(1 / across)
      .floor()
      .clip(0, columns - 1);
    const here = row.mul(columns).add(column).add(first).cast("i32");
    place = where(distance.less(nearest), here, place);
    nearest = nearest.minimum(distance);
    first += rows * columns;
  }
  const isObject = labels.greaterEqual(0);
  const owned = where(isObject, place, -1).expandDims(2).equal(arange(numPlaces)); // [batch, maxBoxes, numPlaces]
  return where(owned, arange(maxBoxes).reshape([1, maxBoxes, 1]), -1).max(1);
}
