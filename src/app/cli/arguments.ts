// Values of the command line: text in, checked value out, or the words that say what would be right.

import { InvalidArgumentError } from "commander";
import { fill } from "#app/tasks/report/texts.ts";
import { nearest } from "#entry/node.ts";
import type { CliTexts } from "./texts.ts";

/** A parser of `150x150` or `150`: height x width in pixels. */
export function imageSize(texts: CliTexts): (text: string) => readonly [height: number, width: number] {
  return (text) => {
    const match = /^(\d+)(?:x(\d+))?$/i.exec(text.trim());
    const height = Number(match?.[1]);
    const width = Number(match?.[2] ?? match?.[1]);
    if (match !== null && isSide(height) && isSide(width)) return [height, width];
    throw new InvalidArgumentError(texts.giveImageSize);
  };
}

/** A parser of a shape, as `224,224,3`. */
export function extents(texts: CliTexts): (text: string) => readonly number[] {
  return (text) => {
    if (/^\d{1,9}(,\d{1,9})*$/.test(text) && !/(^|,)0+(,|$)/.test(text)) return text.split(",").map(Number);
    throw new InvalidArgumentError(texts.giveExtents);
  };
}

/** A parser of whole numbers of at least `least`. */
export function wholeNumber(texts: CliTexts, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text.trim()) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(fill(texts.giveWholeNumber, { least }));
  };
}

/** A parser of how many layers are frozen: a whole number, all or none. */
export function frozenLayers(texts: CliTexts): (text: string) => number | "all" | "none" {
  return (text) => {
    if (text === "all" || text === "none") return text;
    if (/^\d{1,9}$/.test(text)) return Number(text);
    throw new InvalidArgumentError(texts.giveFreeze);
  };
}

/** A parser of shares, above 0 and below 1. */
export function share(texts: CliTexts): (text: string) => number {
  return (text) => {
    const value = parseNumber(text);
    if (value > 0 && value < 1) return value;
    throw new InvalidArgumentError(texts.giveShare);
  };
}

/** A parser of numbers of at least 0. */
export function notNegative(texts: CliTexts): (text: string) => number {
  return (text) => {
    const value = parseNumber(text);
    if (value >= 0 && Number.isFinite(value)) return value;
    throw new InvalidArgumentError(texts.giveNotNegative);
  };
}

/** A parser of numbers above 0. */
export function positive(texts: CliTexts): (text: string) => number {
  return (text) => {
    const value = parseNumber(text);
    if (value > 0 && Number.isFinite(value)) return value;
    throw new InvalidArgumentError(texts.givePositive);
  };
}

/** A parser of numbers above 0, or "auto". */
export function rate(texts: CliTexts): (text: string) => number | "auto" {
  return (text) => {
    const value = parseNumber(text);
    if (text === "auto") return text;
    if (value > 0 && Number.isFinite(value)) return value;
    throw new InvalidArgumentError(texts.giveRate);
  };
}

/** A parser of one of some words; another word gets the nearest one. */
export function oneOf<const Word extends string>(texts: CliTexts, words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(adviceFor(texts, text, words));
  };
}

/** A parser of one of some words, or the path of a file with one of the endings. */
export function oneOfOrFile(
  texts: CliTexts,
  words: readonly string[],
  endings: readonly string[],
): (text: string) => string {
  return (text) => {
    if (words.includes(text) || isFileWithEnding(text, endings)) return text;
    const either = endings.reduce((first, second) => fill(texts.or, { first, second }));
    throw new InvalidArgumentError(fill(texts.orGiveFile, { advice: adviceFor(texts, text, words), endings: either }));
  };
}

/** Whether the text names a file by its ending. */
export function isFileWithEnding(text: string, endings: readonly string[]): boolean {
  return endings.some((ending) => text.endsWith(ending) && text.length > ending.length);
}

function adviceFor(texts: CliTexts, text: string, known: readonly string[]): string {
  const word = nearest(text, known);
  const words = known.join(", ");
  return word === undefined ? fill(texts.useOneOf, { words }) : fill(texts.didYouMean, { word, words });
}

function parseNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

function isSide(extent: number): boolean {
  return Number.isInteger(extent) && extent >= 1 && extent <= 16384;
}
