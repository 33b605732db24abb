// Pictures and their boxes as the readers of COCO, VOC and YOLO files give them, and what these readers share.

import { SinterError } from "#engine/base/error.ts";
import type { FileSystem } from "#engine/platform/api.ts";
import { joinPath } from "#learning/data/scan-folder.ts";
import type { PictureObjects, PictureSize } from "./picture-objects.ts";

/** A picture and what is in it. */
export interface AnnotatedPicture {
  /** Its path. */
  readonly file: string;
  /** Its number in a COCO file. */
  readonly id?: number;
  /** What its boxes are measured in: the picture's pixels, or [1, 1] where they are shares. */
  readonly size: PictureSize;
  readonly objects: PictureObjects;
}

/** Pictures with the boxes of their objects. */
export interface BoxAnnotations {
  readonly pictures: readonly AnnotatedPicture[];
  /** One for each label. */
  readonly classNames: readonly string[];
  /** Numbers of the classes in a COCO file. */
  readonly categoryIds?: readonly number[];
}

/** More than any published file of annotations has; longer texts are no strings of JavaScript. */
const maxTextBytes = 500e6;

/** @throws file; limit for a file too large; format for what is no UTF-8 */
export async function readText(files: FileSystem, path: string, maxBytes: number = maxTextBytes): Promise<string> {
  const found = await files.stat(path);
  if (found !== undefined && found.bytes > maxBytes) {
    throw new SinterError("limit", `"${path}" has ${found.bytes} bytes, at most ${maxBytes} are read. Split it.`, {
      path,
      bytes: found.bytes,
    });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await files.read(path));
  } catch (error) {
    if (error instanceof SinterError) throw error;
    throw new SinterError("format", `"${path}" is no text in UTF-8. Save it as such.`, { path }, error);
  }
}

/** A file that another one names, inside a folder. @throws format for a name that leads out of it */
export function pictureIn(files: FileSystem, folder: string, name: string, where: string): string {
  const isInside = name !== "" && !/^[/\\]|^[a-z]:/iu.test(name) && !name.split(/[/\\]/u).includes("..");
  if (isInside) return joinPath(files, folder, name);
  throw new SinterError(
    "format",
    `${where}: the picture "${name}" is not inside "${folder}". Write its path from there, without "..".`,
    { name, folder },
  );
}

/** @throws format unless all numbers are finite and the box has an extent */
export function checkedBox(
  [x1, y1, x2, y2]: readonly [number, number, number, number],
  where: string,
): readonly [number, number, number, number] {
  if (Number.isFinite(x1 + y1 + x2 + y2) && x2 > x1 && y2 > y1) return [x1, y1, x2, y2];
  throw new SinterError(
    "format",
    `${where}: a box from (${x1}, ${y1}) to (${x2}, ${y2}). Its right and lower sides must lie beyond the others.`,
    { box: [x1, y1, x2, y2] },
  );
}
