// Paths of what a task reads: the folder of classes to evaluate on, and paths within a folder. Looks at names only.

import { platform } from "#engine/platform/api.ts";
import { findSplits } from "#learning/data/image-folder.ts";

const heldOutNames = ["test", "testing", "val", "valid", "validation"];

/**
 * The folder of classes to evaluate on: the test part of a folder, else its validation part, else the folder itself.
 * @throws file when the folder is not there
 */
export async function findEvaluationFolder(folder: string): Promise<string> {
  const { test, validation } = await findSplits(folder);
  const part = test ?? validation;
  if (part !== undefined) return part;
  // A folder may hold held-out parts alone.
  const entries = await platform().files.list(folder);
  const names = entries.filter(({ kind, name }) => kind === "folder" && !name.startsWith(".")).map(({ name }) => name);
  const isHeldOut = names.length > 0 && names.every((name) => heldOutNames.includes(name.toLowerCase()));
  const found = isHeldOut ? heldOutNames.find((part) => names.includes(part)) : undefined;
  return found === undefined ? folder : pathIn(folder, found);
}

/** A path inside a folder. */
export function pathIn(folder: string, name: string): string {
  const { separator } = platform().files;
  return folder.endsWith(separator) || folder.endsWith("/") ? `${folder}${name}` : `${folder}${separator}${name}`;
}
