// COCO's files: annotations of objects are read, results are written. Outlines and captions are passed over.

import { SinterError, messageOf } from "#engine/base/error.ts";
import { type FileSystem, platform } from "#engine/platform/api.ts";
import { checkedBox, pictureIn, readText, type AnnotatedPicture, type BoxAnnotations } from "./annotations.ts";
import { checkObjects, cornersOf, type CornerBox, type PictureDetections } from "./picture-objects.ts";

/**
 * A file of COCO's "instances" form: images, annotations with `bbox` [x, y, width, height], categories. Classes are the
 * categories by rising id, pictures come by rising id. Boxes without an extent are left out.
 * @param pictures the folder that `file_name` begins in
 * @throws file, limit; format naming the entry
 * @source cocodataset.org, Data format
 */
export async function readCoco(path: string, pictures: string): Promise<BoxAnnotations> {
  const { files } = platform();
  const { images, annotations, categories } = partsOf(parse(await readText(files, path), path), path);
  const categoryIds = categories.map((one, index) => idOf(one, "id", `${path}: categories[${index}]`)).sort(rising);
  const nameOf = new Map(categories.map(({ id, name }) => [id, typeof name === "string" ? name : undefined]));
  const labelOf = new Map(categoryIds.map((id, label) => [id, label]));
  const found = new Map<number, Found>(
    images.map((one, index) => [
      idOf(one, "id", `${path}: images[${index}]`),
      { boxes: [], labels: [], crowd: [], areas: [] },
    ]),
  );
  for (const [index, one] of annotations.entries()) {
    const where = `${path}: annotations[${index}]`;
    const objects = found.get(idOf(one, "image_id", where));
    const label = labelOf.get(idOf(one, "category_id", where));
    if (objects === undefined) throw damaged(where, `image_id ${String(one["image_id"])} is no image's`);
    if (label === undefined) throw damaged(where, `category_id ${String(one["category_id"])} is no category's`);
    addObject(objects, one, label, where);
  }
  return {
    pictures: images
      .map((one, index) => annotatedPicture(one, { files, pictures, found, where: `${path}: images[${index}]` }))
      .sort((a, b) => rising(a.id ?? 0, b.id ?? 0)),
    classNames: categoryIds.map((id) => nameOf.get(id) ?? String(id)),
    categoryIds,
  };
}

interface Found {
  readonly boxes: CornerBox[];
  readonly labels: number[];
  readonly crowd: boolean[];
  readonly areas: number[];
}

type Entry = Readonly<Record<string, unknown>>;

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SinterError("format", `"${path}" is no JSON: ${messageOf(error)}. Save it again.`, { path }, error);
  }
}

function partsOf(value: unknown, path: string): Readonly<Record<"images" | "annotations" | "categories", Entry[]>> {
  const list = (name: string): Entry[] => {
    const part = isEntry(value) ? value[name] : undefined;
    if (Array.isArray(part) && part.every(isEntry)) return part;
    throw damaged(path, `"${name}" is no list of objects`);
  };
  return { images: list("images"), annotations: list("annotations"), categories: list("categories") };
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function rising(left: number, right: number): number {
  return left - right;
}

function idOf(entry: Entry, name: string, where: string): number {
  const value = entry[name];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw damaged(where, `"${name}" is ${JSON.stringify(value) ?? "missing"}, expected a number`);
}

function addObject({ boxes, labels, crowd, areas }: Found, one: Entry, label: number, where: string): void {
  const box = one["bbox"];
  if (!Array.isArray(box) || box.length !== 4 || !box.every((part) => typeof part === "number")) {
    throw damaged(where, `"bbox" is ${JSON.stringify(box) ?? "missing"}, expected [x, y, width, height]`);
  }
  const [x = 0, y = 0, width = 0, height = 0]: number[] = box;
  if (width <= 0 || height <= 0) return;
  const area = one["area"];
  boxes.push(checkedBox(cornersOf([x, y, width, height], "xywh"), where));
  labels.push(label);
  crowd.push(one["iscrowd"] === 1 || one["iscrowd"] === true);
  areas.push(typeof area === "number" ? area : width * height);
}

interface PicturePlace {
  readonly files: FileSystem;
  readonly pictures: string;
  readonly found: ReadonlyMap<number, Found>;
  readonly where: string;
}

function annotatedPicture(one: Entry, { files, pictures, found, where }: PicturePlace): AnnotatedPicture {
  const name = one["file_name"];
  if (typeof name !== "string") throw damaged(where, '"file_name" is no text');
  const size = [idOf(one, "height", where), idOf(one, "width", where)] as const;
  if (!size.every((extent) => extent > 0)) throw damaged(where, `a picture of ${size.join(" x ")} pixels`);
  const id = idOf(one, "id", where);
  const objects = found.get(id) ?? { boxes: [], labels: [] };
  return { file: pictureIn(files, pictures, name, where), id, size, objects };
}

function damaged(where: string, problem: string): SinterError {
  return new SinterError("format", `${where}: ${problem}. It is no file of COCO's instances, or it is damaged.`, {
    where,
  });
}

/** A detection as COCO's results have it. */
export interface CocoResult {
  readonly image_id: number;
  readonly category_id: number;
  /** x, y, width, height. */
  readonly bbox: readonly [number, number, number, number];
  readonly score: number;
}

/**
 * Detections in COCO's results form; pictures and classes without an id in a COCO file are numbered from 1.
 * @param found one for each picture, boxes in the picture's pixels
 * @throws shape for another number of pictures
 */
export function cocoResults(found: readonly PictureDetections[], annotations: BoxAnnotations): CocoResult[] {
  const { pictures, categoryIds } = annotations;
  if (found.length !== pictures.length) {
    throw new SinterError(
      "shape",
      `cocoResults: detections of ${found.length} pictures, there are ${pictures.length}. Give one for each.`,
      { found: found.length, pictures: pictures.length },
    );
  }
  return found.flatMap((one, picture) => {
    checkObjects("cocoResults", one);
    return one.boxes.map(([x1, y1, x2, y2], index): CocoResult => {
      const label = one.labels[index] ?? 0;
      return {
        image_id: pictures[picture]?.id ?? picture + 1,
        category_id: categoryIds?.[label] ?? label + 1,
        bbox: [x1, y1, x2 - x1, y2 - y1],
        score: one.scores[index] ?? 0,
      };
    });
  });
}

/** Writes `cocoResults` as a JSON file, for pycocotools' `loadRes` and others. @throws file, shape */
export async function writeCocoResults(
  path: string,
  found: readonly PictureDetections[],
  annotations: BoxAnnotations,
): Promise<void> {
  await platform().files.writeAtomically(path, JSON.stringify(cocoResults(found, annotations)));
}
