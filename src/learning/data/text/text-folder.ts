// A folder with one folder a class as texts and labels, and such texts as a data set of token numbers.

import { SinterError } from "#engine/base/error.ts";
import { createLimiter } from "#engine/base/limiter.ts";
import { checkOptions, choice, integer, numberWithin } from "#engine/base/options.ts";
import { type FileSystem, platform } from "#engine/platform/api.ts";
import type { LabelMode } from "#learning/data/dataset.ts";
import { checkSeed } from "#learning/data/order.ts";
import { SampleDataset } from "#learning/data/sample-dataset.ts";
import { extensionOf, findFiles, joinPath, listVisible } from "#learning/data/scan-folder.ts";
import { arraySource } from "#learning/data/source.ts";
import { chooseByClass } from "#learning/data/split.ts";
import { classTargets } from "#learning/data/targets.ts";
import type { Tokenizer } from "#learning/data/text/tokenizer.ts";

/** How a folder of texts is read; names and meaning of Keras's `text_dataset_from_directory`. */
export interface TextFolderOptions {
  /** The class folders to read, in the order of their numbers; all, sorted, when left out. */
  readonly classNames?: readonly string[];
  /** Whether folders are classes. "none" takes every text below the folder. Default "inferred". */
  readonly labels?: "inferred" | "none";
  /** Characters of a text that are kept at most. */
  readonly maxLength?: number;
  /** The share of every class that is split off, above 0 and below 1; equal texts stay on one side. */
  readonly validationSplit?: number;
  /** The part to give when there is a validationSplit. */
  readonly subset?: "training" | "validation";
  /** Of the split. Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** Texts, in file order, and what they are. */
export interface LabelledTexts {
  readonly texts: readonly string[];
  /** The class of each; undefined without labels. */
  readonly labels: Int32Array | undefined;
  readonly classNames: readonly string[];
  /** Their paths. */
  readonly files: readonly string[];
}

/**
 * The texts of a folder: `folder/CLASS/…/text.txt`, read as UTF-8 (what is none becomes U+FFFD). Classes are the
 * folders' names in code point order; hidden and other files are passed over.
 * @throws file for a folder that is missing; data for one without texts or classes; option
 * @example
 * const train = await textFolder("mails", { validationSplit: 0.2, subset: "training", seed: 1 });
 * const test = await textFolder("mails", { validationSplit: 0.2, subset: "validation", seed: 1 });
 */
export async function textFolder(folder: string, options: TextFolderOptions = {}): Promise<LabelledTexts> {
  checkTextOptions(options);
  const { files } = platform();
  await checkFolder(files, folder);
  const isLabelled = options.labels !== "none";
  const classNames = isLabelled ? await classesOf(files, folder, options.classNames) : [];
  const found = isLabelled
    ? await Promise.all(classNames.map((name) => findTexts(files, joinPath(files, folder, name))))
    : [await findTexts(files, folder)];
  const empty = classNames.filter((_, label) => found[label]?.length === 0);
  const paths = found.flat();
  if (paths.length === 0 || (empty.length > 0 && options.classNames === undefined)) {
    const where = empty.length === 0 ? `below "${folder}"` : `of ${empty.map((name) => `"${name}"`).join(", ")}`;
    throw new SinterError("data", `textFolder: no file ${where} ends in .txt. Add some, or remove the folder.`, {
      folder,
      empty,
    });
  }
  const labels = isLabelled ? Int32Array.from(found.flatMap((list, label) => list.map(() => label))) : undefined;
  const texts = await readTexts(files, paths, options);
  return chosenPart({ texts, labels, classNames, files: paths }, options);
}

export interface EncodeTextsOptions {
  /** Tokens of a text: longer ones are cut, shorter ones padded. */
  readonly maxLength: number;
  /** Default "sparse" where there are labels. */
  readonly labelMode?: Exclude<LabelMode, "values">;
  /** Default 32. */
  readonly batchSize?: number;
  /** Whether training shuffles. Default: whether there are labels. */
  readonly shuffle?: boolean;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * Texts as a data set of token numbers, cut and padded to one length.
 * @returns batches of x, i32 [batch, maxLength], and y as labelMode says
 * @throws option for a bad option, or a tokenizer without a pad token
 * @example
 * const dataset = encodeTexts(await textFolder("mails"), words, { maxLength: 128, labelMode: "binary" });
 */
export function encodeTexts(
  { texts, labels, classNames, files }: LabelledTexts,
  words: Tokenizer,
  options: EncodeTextsOptions,
): SampleDataset {
  const where = "encodeTexts";
  checkOptions(where, options, ["maxLength", "labelMode", "batchSize", "shuffle", "seed"]);
  const maxLength = integer(where, "maxLength", options.maxLength);
  const { ids } = words.encode(texts, { maxLength, padding: "maxLength", truncation: true });
  const labelMode = options.labelMode ?? (labels === undefined ? "none" : "sparse");
  if (labelMode !== "none" && labels === undefined) {
    throw new SinterError("option", `encodeTexts: labelMode "${labelMode}", but the texts have no labels. Use "none".`);
  }
  const isLabelled = labels !== undefined && labelMode !== "none";
  return new SampleDataset({
    source: arraySource(ids.data, ids.shape, "i32"),
    targets: isLabelled ? classTargets(labels, classNames.length, labelMode, where) : undefined,
    labelMode,
    labels: isLabelled ? labels : undefined,
    classNames: isLabelled ? classNames : undefined,
    files,
    batchSize: options.batchSize ?? 32,
    shuffle: options.shuffle ?? isLabelled,
    seed: options.seed ?? 0,
    name: where,
  });
}

function checkTextOptions(options: TextFolderOptions): void {
  const where = "textFolder";
  const known = ["classNames", "labels", "maxLength", "validationSplit", "subset", "seed", "signal"];
  checkOptions(where, options, known);
  choice(where, "labels", options.labels ?? "inferred", ["inferred", "none"]);
  if (options.maxLength !== undefined) integer(where, "maxLength", options.maxLength);
  checkSeed(options.seed ?? 0, where);
  if ((options.validationSplit === undefined) !== (options.subset === undefined)) {
    throw new SinterError("option", `textFolder: validationSplit and subset belong together. Give both or neither.`);
  }
  if (options.subset === undefined) return;
  choice(where, "subset", options.subset, ["training", "validation"]);
  const share = numberWithin(where, "validationSplit", options.validationSplit, 0, 1);
  if (share > 0 && share < 1) return;
  throw new SinterError("option", `textFolder: validationSplit is ${share}. Give a number between 0 and 1.`, { share });
}

async function checkFolder(files: FileSystem, folder: string): Promise<void> {
  const facts = await files.stat(folder);
  if (facts?.kind === "folder") return;
  const what = facts === undefined ? "there is no such folder" : "it is a file, expected a folder";
  throw new SinterError("file", `textFolder: "${folder}": ${what}. Check the path.`, { folder });
}

async function classesOf(
  files: FileSystem,
  folder: string,
  named: readonly string[] | undefined,
): Promise<readonly string[]> {
  const present = (await listVisible(files, folder)).filter(({ kind }) => kind === "folder").map(({ name }) => name);
  const missing = (named ?? []).filter((name) => !present.includes(name));
  if (missing.length === 0 && present.length > 0) return named ?? present;
  const lacks = missing.length > 0 ? `no folder ${missing.map((name) => `"${name}"`).join(", ")}` : "no class folders";
  throw new SinterError(
    "data",
    `textFolder: "${folder}" has ${lacks}. Put the texts of each class into a folder of its own, or use labels: "none".`,
    { folder, missing, present },
  );
}

async function findTexts(files: FileSystem, folder: string): Promise<string[]> {
  return (await findFiles(files, folder)).filter((path) => extensionOf(path) === "txt");
}

/** Files open at once. */
const numAtOnce = 16;

async function readTexts(
  files: FileSystem,
  paths: readonly string[],
  { maxLength, signal }: TextFolderOptions,
): Promise<string[]> {
  const limit = createLimiter(numAtOnce);
  const decoder = new TextDecoder();
  return await Promise.all(
    paths.map((path) =>
      limit(async () => {
        if (signal?.aborted === true) throw new SinterError("aborted", "textFolder: was aborted.", {}, signal.reason);
        const text = decoder.decode(await files.read(path));
        return maxLength === undefined ? text : beginning(text, maxLength);
      }),
    ),
  );
}

/** The first characters of a text; none is cut in two. */
function beginning(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  let kept = "";
  let numKept = 0;
  for (const character of text) {
    if (numKept === maxLength) break;
    kept += character;
    numKept += 1;
  }
  return kept;
}

function chosenPart(all: LabelledTexts, { validationSplit, subset, seed = 0 }: TextFolderOptions): LabelledTexts {
  if (validationSplit === undefined) return all;
  const classes = all.labels ?? new Int32Array(all.texts.length);
  const validation = new Set(chooseByClass(classes, all.texts, validationSplit, seed));
  const isChosen = (_: unknown, index: number): boolean => validation.has(index) === (subset === "validation");
  return {
    texts: all.texts.filter(isChosen),
    labels: all.labels?.filter(isChosen),
    classNames: all.classNames,
    files: all.files.filter(isChosen),
  };
}
