// Finds the files of a folder, in an order that does not depend on the machine. Reads names only, never a file.

import { otherPictureExtensions, pictureExtensions } from "#engine/base/picture-format.ts";
import type { FileSystem, FolderEntry } from "#engine/platform/api.ts";

/** Picture files in order, and those whose format cannot be read. */
export interface FoundFiles {
  readonly files: readonly string[];
  readonly unreadable: readonly string[];
  /** Files whose names are no pictures'. */
  readonly others: readonly string[];
}

/** More folders within each other than any data set has. */
const maxDepth = 64;

/** Every picture file below a folder, in the order of `findFiles`. */
export async function findPictures(files: FileSystem, folder: string): Promise<FoundFiles> {
  const found: string[] = [];
  const unreadable: string[] = [];
  const others: string[] = [];
  for (const path of await findFiles(files, folder)) {
    const extension = extensionOf(path);
    if (pictureExtensions.has(extension)) found.push(path);
    else if (otherPictureExtensions.has(extension)) unreadable.push(path);
    else others.push(path);
  }
  return { files: found, unreadable, others };
}

/**
 * Every file below a folder, by folder, then by name in code point order. Hidden files and folders are passed over;
 * links are followed, a link to a folder that is being walked is not.
 */
export async function findFiles(files: FileSystem, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  const walk = async (path: string, above: readonly string[]): Promise<void> => {
    const realPath = (await files.stat(path))?.realPath;
    if (realPath === undefined || above.includes(realPath) || above.length >= maxDepth) return;
    const entries = await listVisible(files, path);
    for (const { name, kind } of entries) if (kind === "file") found.push(joinPath(files, path, name));
    for (const { name } of entries.filter(({ kind }) => kind === "folder")) {
      // oxlint-disable-next-line no-await-in-loop -- the order of files must not depend on timing
      await walk(joinPath(files, path, name), [...above, realPath]);
    }
  };
  await walk(folder, []);
  return found;
}

/** The entries that are not hidden, in code point order (as Python sorts). */
export async function listVisible(files: FileSystem, folder: string): Promise<readonly FolderEntry[]> {
  const entries = await files.list(folder);
  return entries.filter(({ name }) => !name.startsWith(".")).toSorted((a, b) => compareCodePoints(a.name, b.name));
}

/** `folder` and `name` with one separator between. */
export function joinPath(files: FileSystem, folder: string, name: string): string {
  return folder.endsWith(files.separator) || folder.endsWith("/")
    ? `${folder}${name}`
    : `${folder}${files.separator}${name}`;
}

/** Order by code points, as Python's `sorted`; JavaScript's own order differs for characters beyond the first plane. */
export function compareCodePoints(left: string, right: string): number {
  const a = Array.from(left, (character) => character.codePointAt(0) ?? 0);
  const b = Array.from(right, (character) => character.codePointAt(0) ?? 0);
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** The ending of a file's name in lower case, without its dot; empty where there is none. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1).toLowerCase();
}
