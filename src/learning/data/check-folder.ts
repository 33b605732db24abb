// Looks through a folder of pictures before it is trained on: every file is read and decoded once, nothing is changed.

import { SinterError } from "#engine/base/error.ts";
import { createLimiter } from "#engine/base/limiter.ts";
import { type FileSystem, platform } from "#engine/platform/api.ts";
import {
  type DataFinding,
  finding,
  findingKinds,
  findingOfCopies,
  findingsOfCounts,
  findingsOfPicture,
  type PlacedPicture,
} from "#learning/data/data-findings.ts";
import type { FindingDetail } from "#learning/data/finding-messages.ts";
import { findDuplicates } from "#learning/data/duplicates.ts";
import { inspectPicture } from "#learning/data/inspect-picture.ts";
import { type FoundFiles, findPictures, joinPath, listVisible } from "#learning/data/scan-folder.ts";
import { findSplits } from "#learning/data/image-folder.ts";

/** A class of a part, and the picture files in it. */
export interface ClassCount {
  /** "train", "validation" or "test"; "all" in a folder without parts. */
  readonly part: string;
  readonly className: string;
  readonly folder: string;
  readonly numFiles: number;
}

/** What a data check found. */
export interface DataReport {
  readonly folder: string;
  /** Picture files that were read. */
  readonly numFiles: number;
  readonly numBytes: number;
  readonly classes: readonly ClassCount[];
  /** How often each format came, by content. */
  readonly formats: Readonly<Record<string, number>>;
  /** Of decoded pictures: the smallest, the middle and the largest, by pixels; undefined without any. */
  readonly sizes:
    | Readonly<Record<"smallest" | "median" | "largest", readonly [height: number, width: number]>>
    | undefined;
  /** By kind, most serious first, then by file. */
  readonly findings: readonly DataFinding[];
}

export interface CheckFolderOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { readonly numDone: number; readonly numFiles: number }) => void) | undefined;
}

/** Files read and decoded at once. */
const maxInFlight = 4;

/**
 * Everything about a folder of pictures that would spoil a training: broken files, copies (also resized or compressed
 * again) within a class, across classes and across train, val and test, names that lie about the format, tiny, huge and
 * blank pictures, rare classes, parts with other classes. Turned and mirrored copies are not looked for.
 * @throws file when the folder is not there; aborted by the signal
 * @example
 * const { findings } = await checkFolder("photos");
 */
export async function checkFolder(folder: string, options: CheckFolderOptions = {}): Promise<DataReport> {
  const { files } = platform();
  const parts = await findParts(files, folder);
  const places = parts.flatMap(({ name, classes }) =>
    classes.flatMap(({ className, found }) =>
      [...found.files, ...found.unreadable, ...found.others].map((file) => ({ file, part: name, className })),
    ),
  );
  const inspected = await inspectAll(places, options);
  // Files that are no pictures, neither by name nor by content, are nobody's concern.
  const others = new Set(parts.flatMap(({ classes }) => classes.flatMap(({ found }) => found.others)));
  const pictures = inspected.filter(({ file, format }) => format !== undefined || !others.has(file));
  const groups = await findDuplicates(pictures, async () => {
    await platform().yield();
    checkAborted(options.signal);
  });
  const copies = groups.map(({ members, isExact }) =>
    findingOfCopies(
      members.flatMap((index) => pictures[index] ?? []),
      isExact,
    ),
  );
  const counts = parts.map(countClasses);
  const findings = [
    ...structureFindings(parts),
    ...pictures.flatMap(findingsOfPicture),
    ...copies,
    ...counts.flatMap(findingsOfCounts),
  ];
  return {
    folder,
    numFiles: pictures.length,
    numBytes: pictures.reduce((sum, { numBytes }) => sum + numBytes, 0),
    classes: counts.flat(),
    formats: countFormats(pictures),
    sizes: sizesOf(pictures),
    findings: findingKinds.flatMap((kind) => findings.filter((found) => found.kind === kind)),
  };
}

interface FoundClass {
  /** Undefined for pictures that lie in no class folder. */
  readonly className: string | undefined;
  readonly folder: string;
  readonly found: FoundFiles;
}

interface FoundPart {
  readonly name: string;
  readonly folder: string;
  readonly classes: readonly FoundClass[];
}

async function findParts(files: FileSystem, folder: string): Promise<FoundPart[]> {
  const splits = Object.entries(await findSplits(folder));
  const parts = splits.length === 0 ? [["all", folder] as const] : splits;
  return await Promise.all(
    parts.map(async ([name, path]) => ({ name, folder: path, classes: await findClasses(files, path) })),
  );
}

async function findClasses(files: FileSystem, folder: string): Promise<FoundClass[]> {
  const names = (await listVisible(files, folder)).filter(({ kind }) => kind === "folder").map(({ name }) => name);
  if (names.length === 0) return [{ className: undefined, folder, found: await findPictures(files, folder) }];
  return await Promise.all(
    names.map(async (className) => {
      const path = joinPath(files, folder, className);
      return { className, folder: path, found: await findPictures(files, path) };
    }),
  );
}

interface Place {
  readonly file: string;
  readonly part: string;
  readonly className: string | undefined;
}

async function inspectAll(
  places: readonly Place[],
  { signal, onProgress }: CheckFolderOptions,
): Promise<PlacedPicture[]> {
  const limit = createLimiter(maxInFlight);
  let numDone = 0;
  const inspect = async (place: Place): Promise<PlacedPicture> => {
    checkAborted(signal);
    const picture = { ...(await inspectPicture(place.file)), ...place };
    numDone += 1;
    onProgress?.({ numDone, numFiles: places.length });
    return picture;
  };
  return await Promise.all(places.map((place) => limit(() => inspect(place))));
}

function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new SinterError("aborted", "checkFolder: was aborted.");
}

/** What keeps a folder from being trained on, and classes that one part has and another has not. */
function structureFindings(parts: readonly FoundPart[]): DataFinding[] {
  const structure = (folder: string, detail: FindingDetail): DataFinding => finding("structure", [folder], detail);
  const trained = parts[0];
  const found: DataFinding[] = [];
  for (const part of parts) {
    const [first] = part.classes;
    const numPictures = first?.found.files.length ?? 0;
    if (first?.className === undefined) {
      const detail: FindingDetail =
        numPictures === 0 ? { kind: "empty", values: {} } : { kind: "noClassFolders", values: { numPictures } };
      found.push(structure(part.folder, detail));
    } else if (part.classes.length === 1 && part === trained) {
      found.push(structure(part.folder, { kind: "oneClass", values: { className: first.className } }));
    }
    const empty = part.classes.filter((one) => one.className !== undefined && one.found.files.length === 0);
    for (const one of empty) found.push(structure(one.folder, { kind: "emptyClass", values: {} }));
    found.push(...classDifferences(part, trained ?? part).map((detail) => structure(part.folder, detail)));
  }
  return found;
}

function classDifferences(part: FoundPart, trained: FoundPart): FindingDetail[] {
  if (part === trained) return [];
  const trainPart = trained.name;
  const namesOf = (one: FoundPart): string[] => one.classes.flatMap(({ className }) => className ?? []);
  const strange = namesOf(part).filter((name) => !namesOf(trained).includes(name));
  const missing = namesOf(trained).filter((name) => !namesOf(part).includes(name));
  const details: FindingDetail[] = [];
  if (strange.length > 0) details.push({ kind: "strangeClasses", values: { classNames: strange, trainPart } });
  if (missing.length > 0) details.push({ kind: "missingClasses", values: { classNames: missing, trainPart } });
  return details;
}

function countClasses({ name, classes }: FoundPart): ClassCount[] {
  return classes.map(({ className, folder, found }) => ({
    part: name,
    className: className ?? "",
    folder,
    numFiles: found.files.length,
  }));
}

function countFormats(pictures: readonly PlacedPicture[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { format } of pictures) if (format !== undefined) counts[format] = (counts[format] ?? 0) + 1;
  return counts;
}

function sizesOf(pictures: readonly PlacedPicture[]): DataReport["sizes"] {
  const sizes = pictures
    .flatMap(({ original }) => (original === undefined ? [] : [[original.height, original.width] as const]))
    .toSorted((a, b) => a[0] * a[1] - b[0] * b[1]);
  const [smallest, median, largest] = [sizes[0], sizes[Math.floor((sizes.length - 1) / 2)], sizes.at(-1)];
  if (smallest === undefined || median === undefined || largest === undefined) return undefined;
  return { smallest, median, largest };
}
