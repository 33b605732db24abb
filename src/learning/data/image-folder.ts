// A folder with one folder a class as a data set, and the folder layouts that hold training, validation and test parts.

import { SinterError } from "#engine/base/error.ts";
import { type FileSystem, platform } from "#engine/platform/api.ts";
import type { BrokenSample, LabelMode } from "#learning/data/dataset.ts";
import { brokenError, imageFiles, type PictureOptions } from "#learning/data/image-files.ts";
import type { SampleDataset } from "#learning/data/sample-dataset.ts";
import { type FoundFiles, findPictures, joinPath, listVisible } from "#learning/data/scan-folder.ts";

/** How a folder becomes a data set. */
export interface ImageFolderOptions extends PictureOptions {
  /** Default "categorical"; "none" takes every picture below the folder, without labels. */
  readonly labelMode?: Exclude<LabelMode, "values">;
  /** The class folders to read, in the order of their numbers; all, sorted, when left out. */
  readonly classNames?: readonly string[];
}

/**
 * The pictures of a folder: `folder/CLASS/…/picture.jpg`. Classes are the folders' names in code point order, as in
 * Keras; hidden names and other files are passed over, folders in a class folder belong to the class.
 * @throws file for a folder that is missing; data for one without pictures or classes; option for a bad option
 * @example
 * const train = await imageFolder("train_data", { imageSize: [150, 150], batchSize: 32, labelMode: "binary" });
 */
export async function imageFolder(folder: string, options: ImageFolderOptions): Promise<SampleDataset> {
  const { files } = platform();
  await checkFolder(files, folder);
  const labelMode = options.labelMode ?? "categorical";
  if (labelMode === "none") return await unlabelled(files, folder, options);
  const present = await findClasses(files, folder);
  const classNames = options.classNames ?? present;
  await checkClasses(files, folder, classNames, labelMode);
  checkNamed(folder, classNames, present);
  const found = await Promise.all(classNames.map((name) => findPictures(files, joinPath(files, folder, name))));
  const broken = unreadable(found, options);
  const paths = found.flatMap((part) => part.files);
  checkNotEmpty(folder, paths.length);
  if (options.classNames === undefined) checkEveryClass(folder, classNames, found);
  const labels = Int32Array.from(found.flatMap((part, label) => part.files.map(() => label)));
  return imageFiles(paths, options, { labelMode, labels, classNames }, broken);
}

/** The class folders of a folder, sorted. */
async function findClasses(files: FileSystem, folder: string): Promise<string[]> {
  const entries = await listVisible(files, folder);
  return entries.filter(({ kind }) => kind === "folder").map(({ name }) => name);
}

async function unlabelled(files: FileSystem, folder: string, options: ImageFolderOptions): Promise<SampleDataset> {
  const found = await findPictures(files, folder);
  checkNotEmpty(folder, found.files.length);
  return imageFiles(found.files, options, undefined, unreadable([found], options));
}

/** Pictures in formats that cannot be read, listed or refused as `onBroken` says. */
function unreadable(found: readonly FoundFiles[], { onBroken }: ImageFolderOptions): BrokenSample[] {
  const reason = "Its format is not read here. Convert it to JPEG, PNG, WebP, GIF, TIFF or AVIF.";
  const broken = found.flatMap((part) => part.unreadable.map((file) => ({ file, reason })));
  const [first] = broken;
  if (first !== undefined && onBroken !== "skip") throw brokenError("imageFolder", first);
  return broken;
}

async function checkFolder(files: FileSystem, folder: string): Promise<void> {
  const found = await files.stat(folder);
  if (found?.kind === "folder") return;
  const what = found === undefined ? "there is no such folder" : "it is a file, expected a folder";
  throw new SinterError("file", `imageFolder: "${folder}": ${what}. Check the path.`, { folder });
}

async function checkClasses(
  files: FileSystem,
  folder: string,
  classNames: readonly string[],
  labelMode: LabelMode,
): Promise<void> {
  const layout = "Put the pictures of each class into a folder of its own: FOLDER/cats/1.jpg, FOLDER/dogs/1.jpg";
  if (classNames.length === 0) {
    const { files: loose } = await findPictures(files, folder);
    const found = loose.length === 0 ? "is empty" : `holds ${loose.length} pictures, but no class folders`;
    throw new SinterError("data", `imageFolder: "${folder}" ${found}. ${layout}, or use labelMode: "none".`, {
      folder,
    });
  }
  if (classNames.length === 1) {
    throw new SinterError(
      "data",
      `imageFolder: "${folder}" has one class, "${classNames[0]}"; telling classes apart needs two. ${layout}.`,
      { folder, classNames },
    );
  }
  if (labelMode === "binary" && classNames.length !== 2) {
    throw new SinterError(
      "data",
      `imageFolder: "${folder}" has ${classNames.length} classes (${namesText(classNames)}), labelMode "binary" needs 2. ` +
        `Use labelMode: "categorical", or name two with classNames.`,
      { folder, classNames },
    );
  }
}

function checkNamed(folder: string, classNames: readonly string[], present: readonly string[]): void {
  const missing = classNames.filter((name) => !present.includes(name));
  if (missing.length === 0) return;
  throw new SinterError(
    "data",
    `imageFolder: "${folder}" has no folder for ${namesText(missing)}; it has ${namesText(present)}. Make it (it may ` +
      `be empty), or change classNames.`,
    { folder, missing, present },
  );
}

function checkNotEmpty(folder: string, numFiles: number): void {
  if (numFiles > 0) return;
  throw new SinterError(
    "data",
    `imageFolder: no picture is below "${folder}". Files end in .jpg, .png, .webp, .gif, .tiff or .avif.`,
    { folder },
  );
}

function checkEveryClass(folder: string, classNames: readonly string[], found: readonly FoundFiles[]): void {
  const empty = classNames.filter((_, label) => found[label]?.files.length === 0);
  if (empty.length === 0) return;
  throw new SinterError(
    "data",
    `imageFolder: "${folder}" has no picture for ${namesText(empty)}. Add some, remove the folder, or name the ` +
      `others with classNames.`,
    { folder, empty },
  );
}

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`);
  return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}

/** The parts that a folder is divided into, as paths. */
export interface Splits {
  readonly train?: string;
  readonly validation?: string;
  readonly test?: string;
}

const splitNames: readonly (readonly [part: keyof Splits, names: readonly string[]])[] = [
  ["train", ["train", "training"]],
  ["validation", ["val", "valid", "validation"]],
  ["test", ["test", "testing"]],
];

/**
 * The folders train, val (valid, validation) and test inside a folder, as Ultralytics and fastai lay them out; empty when
 * the folder has no `train`, and is itself a folder of classes.
 * @throws data when one part is there under two names
 */
export async function findSplits(folder: string): Promise<Splits> {
  const { files } = platform();
  await checkFolder(files, folder);
  const present = await findClasses(files, folder);
  const splits: { train?: string; validation?: string; test?: string } = {};
  for (const [part, names] of splitNames) {
    const matching = present.filter((name) => names.includes(name.toLowerCase()));
    if (matching.length > 1) {
      throw new SinterError(
        "data",
        `findSplits: "${folder}" has ${namesText(matching)} for the ${part} part. Keep one of them.`,
        { folder, matching },
      );
    }
    const [name] = matching;
    if (name !== undefined) splits[part] = joinPath(files, folder, name);
  }
  return splits.train === undefined ? {} : splits;
}
