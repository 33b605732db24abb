// Files that a user hands to the command line: a model (`--model FILE`) and augmentation (`--augment FILE.json`).

import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ModelBuilder, ModelSource } from "#app/tasks/image-model.ts";
import { messageOf, SinterError } from "#entry/node.ts";

/** Endings of a file that exports a model. */
export const modelEndings: readonly string[] = [".ts", ".mts", ".js", ".mjs"];

/** Endings of a file of augmentation options. */
export const augmentEndings: readonly string[] = [".json"];

/** A name that Node resolves to this package, so that the hooks are found wherever this code was bundled to. */
const loader = "sinter/loader";

/**
 * A model from a file that exports `model({ imageSize, classNames, channels })`. TypeScript loses its types on the way;
 * nothing is checked or transformed.
 * @throws option when the file is not there, cannot be imported or exports no such function
 */
export async function importModel(path: string): Promise<ModelSource> {
  await checkFile("--model", path, "Check the path, or use cnn.");
  const exports = await importFile(path);
  const build = exports["model"];
  if (!isBuilder(build)) {
    const names = Object.keys(exports);
    throw new SinterError(
      "option",
      `--model: "${path}" exports ${names.length === 0 ? "nothing" : names.join(", ")}, expected a function model. ` +
        "Write: export function model({ imageSize, classNames, channels }) { return sequential([…]); }",
      { path, names },
    );
  }
  return { name: basename(path), text: await readFile(path, "utf8"), build };
}

/**
 * Augmentation options from a JSON file; their names and values are checked where they are used.
 * @throws option when the file is not there or is no JSON object
 */
export async function readAugment(path: string): Promise<object> {
  await checkFile("--augment", path, "Check the path, or use none, light or standard.");
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw new SinterError("option", `--augment: "${path}" is no JSON: ${messageOf(error)}`, { path }, error);
  }
  throw new SinterError("option", `--augment: "${path}" is no JSON object. Write {"rotationRange": 10}.`, { path });
}

async function checkFile(flag: string, path: string, wayOut: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) return;
  const what = found === undefined ? "is not there" : "is no file";
  throw new SinterError("option", `${flag}: "${path}" ${what}. ${wayOut}`, { path });
}

async function importFile(path: string): Promise<Record<string, unknown>> {
  try {
    await import(loader);
    return (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>;
  } catch (error) {
    throw new SinterError("option", `--model: "${path}" cannot be imported. ${messageOf(error)}`, { path }, error);
  }
}

function isBuilder(value: unknown): value is ModelBuilder {
  return typeof value === "function";
}
