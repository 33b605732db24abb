// What a data check can find, and how each finding reads. Knows the rules for one picture and for counts; reads nothing.

import type { PictureFormat } from "#engine/base/picture-format.ts";
import { leastContrast } from "#learning/data/duplicates.ts";
import { englishFindings, findingMessage, type FindingDetail } from "#learning/data/finding-messages.ts";
import type { InspectedPicture } from "#learning/data/inspect-picture.ts";
import { extensionOf } from "#learning/data/scan-folder.ts";

/** The kinds of findings, in the order in which they are told. */
export const findingKinds = [
  "structure",
  "broken",
  "wrong-extension",
  "leak",
  "conflict",
  "duplicate",
  "huge",
  "tiny",
  "blank",
  "imbalance",
] as const;

/**
 * structure: folders that cannot be trained on, or parts whose classes differ; broken: cannot be decoded; wrong-extension:
 * the content is of another format than the name says; leak: one picture in several parts; conflict: one picture in several
 * classes; duplicate: one picture several times; huge, tiny: pixels; blank: shows nothing; imbalance: a rare class.
 */
export type FindingKind = (typeof findingKinds)[number];

/** One thing that is wrong with a data set. */
export interface DataFinding {
  readonly kind: FindingKind;
  /** Paths of files, or of folders; the first is the one that the message is about. */
  readonly files: readonly string[];
  /** What is wrong, and the way out. */
  readonly message: string;
  /** The message without its words, for another language. */
  readonly detail: FindingDetail;
}

/** A picture file and where it lies. */
export interface PlacedPicture extends InspectedPicture {
  /** "train", "validation" or "test"; "all" in a folder without parts. */
  readonly part: string;
  /** Undefined in a folder without classes. */
  readonly className: string | undefined;
}

const formatOfExtension: Readonly<Record<string, PictureFormat>> = {
  jpg: "jpeg",
  jpeg: "jpeg",
  jpe: "jpeg",
  jfif: "jpeg",
  png: "png",
  webp: "webp",
  gif: "gif",
  tif: "tiff",
  tiff: "tiff",
  avif: "avif",
};

const endings: Readonly<Record<PictureFormat, string>> = {
  jpeg: ".jpg",
  png: ".png",
  webp: ".webp",
  gif: ".gif",
  tiff: ".tif",
  avif: ".avif",
};

/** Fewer pixels on a side tell a network nothing; more than a screen holds only cost time. */
const leastSide = 16;
const mostPixels = 40_000_000;
/** A class this many times smaller than the largest is hardly learnt without help. */
const mostImbalance = 10;

/** A finding with its message. */
export function finding(kind: FindingKind, files: readonly string[], detail: FindingDetail): DataFinding {
  return { kind, files, message: findingMessage(englishFindings, detail), detail };
}

/** What is wrong with one picture by itself. */
export function findingsOfPicture(picture: InspectedPicture): DataFinding[] {
  const { file, problem, original } = picture;
  const found = wrongExtension(picture);
  if (problem !== undefined) {
    const kind = problem.isTooLarge ? "huge" : "broken";
    return [...found, finding(kind, [file], { kind: "undecodable", values: { problem: problem.reason } })];
  }
  if (original === undefined) return found;
  const { width, height } = original;
  if (Math.min(width, height) < leastSide) {
    found.push(finding("tiny", [file], { kind: "tiny", values: { width, height } }));
  }
  if (width * height > mostPixels) found.push(finding("huge", [file], { kind: "huge", values: { width, height } }));
  if ((picture.looks[0]?.contrast ?? leastContrast) < leastContrast) {
    found.push(finding("blank", [file], { kind: "blank", values: {} }));
  }
  return found;
}

function wrongExtension({ file, format }: InspectedPicture): DataFinding[] {
  const extension = extensionOf(file);
  const named = formatOfExtension[extension];
  if (format === undefined || named === format) return [];
  const values = { format: format.toUpperCase(), named: named?.toUpperCase(), ending: endings[format] };
  return [finding("wrong-extension", [file], { kind: "wrongExtension", values })];
}

/** What pictures that show the same thing mean, by where they lie. */
export function findingOfCopies(copies: readonly PlacedPicture[], isExact: boolean): DataFinding {
  const parts = distinct(copies.map(({ part }) => part));
  const classNames = distinct(copies.map(({ className }) => className ?? ""));
  const files = copies.map(({ file }) => file);
  if (parts.length > 1) return finding("leak", files, { kind: "inParts", values: { isExact, parts, classNames } });
  if (classNames.length > 1) {
    return finding("conflict", files, { kind: "inClasses", values: { isExact, classNames } });
  }
  return finding("duplicate", files, { kind: "copies", values: { isExact, numFiles: copies.length } });
}

/** Classes of a part that are far smaller than its largest. */
export function findingsOfCounts(
  counts: readonly { readonly className: string; readonly folder: string; readonly numFiles: number }[],
): DataFinding[] {
  const most = Math.max(0, ...counts.map(({ numFiles }) => numFiles));
  return counts
    .filter(({ numFiles }) => numFiles > 0 && numFiles * mostImbalance <= most)
    .map(({ className, folder, numFiles }) => {
      const values = { className, numFiles, numFilesOfLargest: most };
      return finding("imbalance", [folder], { kind: "rareClass", values });
    });
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
