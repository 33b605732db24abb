// Pictures with boxes as a data set: batches of pictures, boxes and labels, padded to one number of boxes.

import { SinterError } from "#engine/base/error.ts";
import { choice, integer, numberWithin } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import type { Batch, HostTensor } from "#learning/data/dataset.ts";
import { imageFiles, type PictureOptions } from "#learning/data/image-files.ts";
import { moveBox } from "#learning/data/move-targets.ts";
import { MovingDataset, type MovedSample, type MovingTargets } from "#learning/data/moving-dataset.ts";
import { extensionOf, joinPath, listVisible } from "#learning/data/scan-folder.ts";
import type { AnnotatedPicture, BoxAnnotations } from "./annotations.ts";
import { readCoco } from "./coco-json.ts";
import { scaledBox, type PictureSize } from "./picture-objects.ts";
import { readVoc } from "./voc-xml.ts";
import { readYolo } from "./yolo-text.ts";

/** How annotated pictures become batches. */
export interface BoxDatasetOptions extends Omit<PictureOptions, "oversample"> {
  /** Boxes that every picture of a batch has room for; the most that any has when left out. */
  readonly maxBoxes?: number;
  /** A box of which augmentation leaves less inside the picture is dropped; 0.25. */
  readonly leastShare?: number;
}

/** What comes with the pictures of a `DetectionDataset`. */
export interface BoxTargets extends MovingTargets {
  /** Of all pictures, whatever the data set is cut to. */
  readonly annotations: BoxAnnotations;
  readonly maxBoxes: number;
}

/**
 * Pictures with boxes. A batch's `inputs` are the pictures u8 [n, height, width, channels], boxes f32 [n, maxBoxes, 4],
 * two corners in pixels of the resized picture, and labels i32 [n, maxBoxes], -1 where there is no box. Crowds are left
 * out. In training boxes move with their pictures.
 */
export type DetectionDataset = MovingDataset<BoxTargets>;

/**
 * A data set of annotated pictures.
 * @throws option for too few maxBoxes, or changes that boxes do not follow; data without pictures
 */
export function boxDataset(annotations: BoxAnnotations, options: BoxDatasetOptions): DetectionDataset {
  const name = "boxDataset";
  const { maxBoxes: given, leastShare = 0.25, ...rest } = options;
  numberWithin(name, "leastShare", leastShare, 0, 1);
  const { pictures } = annotations;
  if (pictures.length === 0) throw new SinterError("data", `${name}: no pictures. Check the annotations.`);
  const most = pictures.reduce((high, picture) => Math.max(high, trainedOf(picture).length), 1);
  const maxBoxes = integer(name, "maxBoxes", given ?? most);
  if (maxBoxes < most) {
    const file = pictures.find((picture) => trainedOf(picture).length === most)?.file ?? "";
    throw new SinterError("option", `${name}: maxBoxes ${maxBoxes}, but "${file}" has ${most} boxes. Give ${most}.`, {
      maxBoxes,
      most,
    });
  }
  const files = imageFiles(
    pictures.map(({ file }) => file),
    { shuffle: true, ...rest },
  );
  const targets = boxTargets(annotations, { maxBoxes, leastShare, elementShape: files.elementShape });
  return new MovingDataset(files, targets, name);
}

/** Places of the objects that are trained on. */
function trainedOf({ objects }: AnnotatedPicture): number[] {
  return Array.from(objects.labels.keys()).filter((index) => objects.crowd?.[index] !== true);
}

interface TargetPlace {
  readonly maxBoxes: number;
  readonly leastShare: number;
  readonly elementShape: readonly number[];
}

function boxTargets(annotations: BoxAnnotations, { maxBoxes, leastShare, elementShape }: TargetPlace): BoxTargets {
  const [height = 1, width = 1] = elementShape;
  const collect = (samples: readonly MovedSample[], x: HostTensor): Partial<Batch> => {
    const boxes = new Float32Array(samples.length * maxBoxes * 4);
    const labels = new Int32Array(samples.length * maxBoxes).fill(-1);
    for (const [row, sample] of samples.entries()) {
      const picture = annotations.pictures[sample.index];
      const kept = picture === undefined ? [] : movedObjects(picture, sample, { size: [height, width], leastShare });
      for (const [place, { box, label }] of kept.entries()) {
        boxes.set(box, (row * maxBoxes + place) * 4);
        labels[row * maxBoxes + place] = label;
      }
    }
    const n = samples.length;
    return {
      inputs: [
        x,
        { data: boxes, shape: [n, maxBoxes, 4], dtype: "f32" },
        { data: labels, shape: [n, maxBoxes], dtype: "i32" },
      ],
      // What a detector's training gives is its loss, which is to be 0.
      y: { data: new Float32Array(n), shape: [n, 1], dtype: "f32" },
    };
  };
  return {
    collect,
    elementShapes: [elementShape, [maxBoxes, 4], [maxBoxes]],
    inputNames: ["picture", "boxes", "labels"],
    classNames: annotations.classNames,
    annotations,
    maxBoxes,
  };
}

interface MovePlace {
  readonly size: PictureSize;
  readonly leastShare: number;
}

function movedObjects(
  picture: AnnotatedPicture,
  { matrix }: MovedSample,
  { size, leastShare }: MovePlace,
): { readonly box: readonly number[]; readonly label: number }[] {
  const [down, across] = [size[0] / picture.size[0], size[1] / picture.size[1]];
  return trainedOf(picture).flatMap((index) => {
    const label = picture.objects.labels[index] ?? 0;
    const box = scaledBox(picture.objects.boxes[index] ?? [0, 0, 0, 0], down, across);
    const moved = matrix === undefined ? box : moveBox(box, matrix, { size, leastShare });
    return moved === undefined ? [] : [{ box: moved, label }];
  });
}

/** Forms of annotations. */
const formats = ["coco", "voc", "yolo"] as const;

export interface DetectionFolderOptions extends BoxDatasetOptions {
  /** By what is in the folder when left out: a .json file is COCO, labels beside images YOLO, else VOC. */
  readonly format?: (typeof formats)[number];
  /** Of COCO: the file of annotations; the only .json file of the folder when left out. */
  readonly annotations?: string;
  /** Of COCO: where `file_name` begins; the folder when left out, or its `images`. */
  readonly pictures?: string;
  /** Of VOC and YOLO: the classes, in the order of their numbers. */
  readonly classNames?: readonly string[];
}

/**
 * A folder of pictures with boxes, in COCO's, Pascal VOC's or YOLO's form; see `readCoco`, `readVoc` and `readYolo` for
 * how each is laid out.
 * @throws file, data, option, limit; format naming file and line
 * @example
 * const train = await objectDetectionFolder("shapes/train", { imageSize: [128, 128], batchSize: 16, augment: { horizontalFlip: true } });
 */
export async function objectDetectionFolder(
  folder: string,
  options: DetectionFolderOptions,
): Promise<DetectionDataset> {
  const { format, annotations, pictures, classNames, ...rest } = options;
  const kind =
    format === undefined ? await formatOf(folder) : choice("objectDetectionFolder", "format", format, formats);
  const read = (): Promise<BoxAnnotations> => {
    if (kind === "coco") return readCocoFolder(folder, annotations, pictures);
    return kind === "voc" ? readVoc(folder, { classNames }) : readYolo(folder, { classNames });
  };
  return boxDataset(await read(), rest);
}

async function formatOf(folder: string): Promise<(typeof formats)[number]> {
  const { files } = platform();
  const entries = await listVisible(files, folder);
  if (entries.some(({ name, kind }) => kind === "file" && extensionOf(name) === "json")) return "coco";
  return entries.some(({ name, kind }) => kind === "folder" && name === "labels") ? "yolo" : "voc";
}

async function readCocoFolder(folder: string, annotations?: string, pictures?: string): Promise<BoxAnnotations> {
  const { files } = platform();
  const entries = await listVisible(files, folder);
  const found = entries.filter(({ name, kind }) => kind === "file" && extensionOf(name) === "json");
  const [first] = found;
  if (annotations === undefined && (first === undefined || found.length > 1)) {
    throw new SinterError(
      "data",
      `objectDetectionFolder: "${folder}" has ${found.length} .json files. Name the one with annotations: "annotations".`,
      { folder, found: found.map(({ name }) => name) },
    );
  }
  const hasImages = entries.some(({ name, kind }) => kind === "folder" && name === "images");
  const path = annotations ?? joinPath(files, folder, first?.name ?? "");
  return await readCoco(path, pictures ?? (hasImages ? joinPath(files, folder, "images") : folder));
}
