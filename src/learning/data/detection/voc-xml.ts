// Pascal VOC's annotations: an XML file a picture.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { compareCodePoints, extensionOf, findFiles, joinPath } from "#learning/data/scan-folder.ts";
import { checkedBox, pictureIn, readText, type AnnotatedPicture, type BoxAnnotations } from "./annotations.ts";
import type { CornerBox } from "./picture-objects.ts";
import { parseXml, type XmlElement } from "./plain-xml.ts";

const maxXmlBytes = 4e6;

export interface VocOptions {
  /** In the order of their numbers; those found, sorted, when left out. */
  readonly classNames?: readonly string[] | undefined;
}

/**
 * The XML files of a folder: those of `Annotations` with pictures in `JPEGImages`, else all, with the pictures beside
 * them. Pixels count from 1 and both ends belong to a box; objects called difficult are marked as crowds, which count
 * neither for nor against.
 * @throws file, limit; format naming file and line
 * @source The PASCAL Visual Object Classes challenge, development kit, 2012
 */
export async function readVoc(folder: string, { classNames }: VocOptions = {}): Promise<BoxAnnotations> {
  const { files } = platform();
  const inside = joinPath(files, folder, "Annotations");
  const hasParts = (await files.stat(inside))?.kind === "folder";
  const found = await findFiles(files, hasParts ? inside : folder);
  const paths = found.filter((path) => extensionOf(path) === "xml");
  if (paths.length === 0) {
    throw new SinterError("data", `readVoc: no .xml file is below "${folder}". Check the path.`, { folder });
  }
  const read: ReadPicture[] = [];
  for (const path of paths) {
    // oxlint-disable-next-line no-await-in-loop -- few files open at once
    const root = parseXml(await readText(files, path, maxXmlBytes), path);
    const beside = path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf(files.separator)));
    const pictures = hasParts ? joinPath(files, folder, "JPEGImages") : beside;
    const file = pictureIn(files, pictures, textOf(root, "filename", path), `${path}:${root.line}`);
    read.push(readPicture(root, file, path));
  }
  const names = classNames ?? [...new Set(read.flatMap((one) => one.names))].sort(compareCodePoints);
  return { pictures: read.map((one) => numbered(one, names)), classNames: names };
}

interface ReadPicture {
  readonly picture: Omit<AnnotatedPicture, "objects">;
  readonly boxes: readonly CornerBox[];
  readonly crowd: readonly boolean[];
  readonly names: readonly string[];
  readonly lines: readonly string[];
}

function readPicture(root: XmlElement, file: string, path: string): ReadPicture {
  const size = only(root, "size", path);
  const extents = [numberOf(size, "height", path), numberOf(size, "width", path)] as const;
  if (!extents.every((extent) => extent > 0)) {
    throw damaged(`${path}:${size.line}`, `a picture of ${extents.join(" x ")} pixels`);
  }
  const objects = root.children.filter(({ name }) => name === "object");
  return {
    picture: { file, size: extents },
    boxes: objects.map((object) => {
      const box = only(object, "bndbox", path);
      const at = (name: string): number => numberOf(box, name, path);
      return checkedBox([at("xmin") - 1, at("ymin") - 1, at("xmax"), at("ymax")], `${path}:${box.line}`);
    }),
    crowd: objects.map(({ children }) =>
      children.some(({ name, text }) => name === "difficult" && text.trim() === "1"),
    ),
    names: objects.map((object) => textOf(object, "name", path)),
    lines: objects.map(({ line }) => `${path}:${line}`),
  };
}

function numbered(
  { picture, boxes, crowd, names, lines }: ReadPicture,
  classNames: readonly string[],
): AnnotatedPicture {
  const labels = names.map((name, index) => {
    const label = classNames.indexOf(name);
    if (label >= 0) return label;
    throw damaged(lines[index] ?? "", `the class "${name}" is not among classNames`);
  });
  return { ...picture, objects: { boxes, labels, crowd } };
}

function only(element: XmlElement, name: string, path: string): XmlElement {
  const found = element.children.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw damaged(`${path}:${element.line}`, `<${element.name}> has no <${name}>`);
}

function textOf(element: XmlElement, name: string, path: string): string {
  return only(element, name, path).text.trim();
}

function numberOf(element: XmlElement, name: string, path: string): number {
  const { text, line } = only(element, name, path);
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw damaged(`${path}:${line}`, `<${name}> is "${text.trim().slice(0, 40)}", expected a number`);
}

function damaged(where: string, problem: string): SinterError {
  return new SinterError("format", `${where}: ${problem}. It is no annotation of Pascal VOC, or it is damaged.`, {
    where,
  });
}
