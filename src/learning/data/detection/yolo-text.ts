// YOLO's annotations: a text file a picture, with a line a box, in shares of the picture.

import { SinterError } from "#engine/base/error.ts";
import { type FileSystem, platform } from "#engine/platform/api.ts";
import { findPictures, joinPath } from "#learning/data/scan-folder.ts";
import { checkedBox, readText, type AnnotatedPicture, type BoxAnnotations } from "./annotations.ts";
import { cornersOf, type CornerBox } from "./picture-objects.ts";

const maxLabelBytes = 16e6;

export interface YoloOptions {
  /** In the order of their numbers; from data.yaml or classes.txt when left out. */
  readonly classNames?: readonly string[] | undefined;
}

/**
 * The pictures of `images` and, at the same place in `labels`, a .txt file each: `class x y width height` a line, the
 * centre and the extents as shares, or the corners of an outline. A picture without a file has no objects. Class names
 * come from `names` of data.yaml, or from classes.txt, in the folder or the one above.
 * @throws file, limit; format naming file and line
 * @source docs.ultralytics.com, Object detection datasets
 */
export async function readYolo(folder: string, options: YoloOptions = {}): Promise<BoxAnnotations> {
  const { files } = platform();
  const images = joinPath(files, folder, "images");
  const labels = joinPath(files, folder, "labels");
  for (const part of [images, labels]) {
    if ((await files.stat(part))?.kind === "folder") continue;
    throw new SinterError(
      "data",
      `readYolo: there is no folder "${part}". Put pictures into images, boxes into labels.`,
      {
        folder: part,
      },
    );
  }
  const classNames = options.classNames ?? (await findNames(files, folder));
  const { files: pictures } = await findPictures(files, images);
  const read: AnnotatedPicture[] = [];
  for (const file of pictures) {
    const name = file.slice(images.length).replace(/\.[^.]*$/u, ".txt");
    // oxlint-disable-next-line no-await-in-loop -- few files open at once
    read.push({ file, size: [1, 1], objects: await readLabels(files, `${labels}${name}`, classNames.length) });
  }
  return { pictures: read, classNames };
}

async function readLabels(files: FileSystem, path: string, numClasses: number): Promise<AnnotatedPicture["objects"]> {
  const boxes: CornerBox[] = [];
  const labels: number[] = [];
  if ((await files.stat(path)) === undefined) return { boxes, labels };
  const lines = (await readText(files, path, maxLabelBytes)).split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const where = `${path}:${index + 1}`;
    const [label = -1, ...numbers] = line.trim().split(/\s+/u).map(Number);
    if (!Number.isInteger(label) || label < 0 || label >= numClasses) {
      throw damaged(where, `class ${line.trim().split(/\s+/u)[0] ?? ""}, there are ${numClasses}, from 0`);
    }
    boxes.push(checkedBox(boxOf(numbers, where), where));
    labels.push(label);
  }
  return { boxes, labels };
}

/** A box, or the one around an outline. */
function boxOf(numbers: readonly number[], where: string): CornerBox {
  const isOutline = numbers.length >= 6 && numbers.length % 2 === 0;
  if (!numbers.every(Number.isFinite) || (numbers.length !== 4 && !isOutline)) {
    throw damaged(where, "expected a class and four numbers, or a class and the corners of an outline");
  }
  const [x = 0, y = 0, width = 0, height = 0] = numbers;
  if (!isOutline) return cornersOf([x, y, width, height], "cxcywh");
  const xs = numbers.filter((_, index) => index % 2 === 0);
  const ys = numbers.filter((_, index) => index % 2 === 1);
  const least = (list: readonly number[]): number => list.reduce((low, one) => Math.min(low, one), 1);
  const most = (list: readonly number[]): number => list.reduce((high, one) => Math.max(high, one), 0);
  return [least(xs), least(ys), most(xs), most(ys)];
}

async function findNames(files: FileSystem, folder: string): Promise<readonly string[]> {
  for (const place of [folder, joinPath(files, folder, "..")]) {
    for (const name of ["data.yaml", "data.yml", "classes.txt"]) {
      const path = joinPath(files, place, name);
      // oxlint-disable-next-line no-await-in-loop -- the first that is there
      if ((await files.stat(path))?.kind !== "file") continue;
      // oxlint-disable-next-line no-await-in-loop -- the first that is there
      const text = await readText(files, path, maxLabelBytes);
      return name === "classes.txt" ? namesInLines(text) : namesInYaml(text, path);
    }
  }
  throw new SinterError(
    "data",
    `readYolo: neither data.yaml nor classes.txt is in "${folder}" or above. Add one, or give classNames.`,
    { folder },
  );
}

function namesInLines(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "");
}

const namesPart = /^names:[ \t]*(?:\[([^\]]*)\]|(?:#.*)?\n((?:[ \t]*(?:-|\d+:).*\n?|[ \t]*\n)+))/mu;

/** `names: [a, b]`, or a name a line below it: `- a`, `0: a`. The rest of the file is passed over. */
function namesInYaml(text: string, path: string): string[] {
  const [, inline, below = ""] = namesPart.exec(text.replaceAll("\r", "")) ?? [];
  const items = inline === undefined ? below.split("\n") : inline.split(",");
  const names = items.flatMap((item) => {
    const plain = inline === undefined ? item.trim().replace(/^(?:-|\d+:)\s*/u, "") : item.trim();
    const name = plain.replace(/\s+#.*$/u, "").replace(/^(["'])(.*)\1$/u, "$2");
    return name === "" ? [] : [name];
  });
  if (names.length > 0) return names;
  throw new SinterError(
    "format",
    `"${path}" has no names. Write names: [cat, dog], or a name a line below names:, or give classNames.`,
    { path },
  );
}

function damaged(where: string, problem: string): SinterError {
  return new SinterError(
    "format",
    `${where}: ${problem}. A line is: class x y width height, in shares of the picture.`,
    {
      where,
    },
  );
}
