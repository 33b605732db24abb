// Files that a user hands to the command line: a model (`--model FILE`) and augmentation (`--augment FILE.json`).

import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ModelBuilder, ModelSource } from "#app/tasks/image-model.ts";
import { fill } from "#app/tasks/report/texts.ts";
import { messageOf, SinterError } from "#entry/node.ts";
import type { CliTexts } from "./texts.ts";

const [modelFlag, augmentFlag] = ["--model", "--augment"];

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
export async function importModel(texts: CliTexts, path: string): Promise<ModelSource> {
  await checkFile(texts, { flag: modelFlag, path, wayOut: texts.checkModelPath });
  const exports = await importFile(texts, path);
  const build = exports["model"];
  if (!isBuilder(build)) {
    const names = Object.keys(exports);
    throw new SinterError(
      "option",
      fill(texts.noModelExported, { flag: modelFlag, path, names: names.join(", ") || texts.nothing }),
      { path, names },
    );
  }
  return { name: basename(path), text: await readFile(path, "utf8"), build };
}

/**
 * Augmentation options from a JSON file; their names and values are checked where they are used.
 * @throws option when the file is not there or is no JSON object
 */
export async function readAugment(texts: CliTexts, path: string): Promise<object> {
  await checkFile(texts, { flag: augmentFlag, path, wayOut: texts.checkAugmentPath });
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    const message = fill(texts.noJson, { flag: augmentFlag, path, problem: messageOf(error) });
    throw new SinterError("option", message, { path }, error);
  }
  throw new SinterError("option", fill(texts.noJsonObject, { flag: augmentFlag, path }), { path });
}

interface GivenFile {
  readonly flag: string;
  readonly path: string;
  readonly wayOut: string;
}

async function checkFile(texts: CliTexts, { flag, path, wayOut }: GivenFile): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) return;
  const text = found === undefined ? texts.fileMissing : texts.noFile;
  throw new SinterError("option", fill(text, { flag, path, wayOut }), { path });
}

async function importFile(texts: CliTexts, path: string): Promise<Record<string, unknown>> {
  try {
    await import(loader);
    return (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>;
  } catch (error) {
    const message = fill(texts.notImported, { flag: modelFlag, path, problem: messageOf(error) });
    throw new SinterError("option", message, { path }, error);
  }
}

function isBuilder(value: unknown): value is ModelBuilder {
  return typeof value === "function";
}
