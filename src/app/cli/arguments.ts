// Values of the command line: text in, checked value out, or the words that say what would be right.

import { InvalidArgumentError } from "commander";
import { nearest } from "#entry/node.ts";

/** `150x150` or `150`: height x width in pixels. @throws InvalidArgumentError */
export function parseImageSize(text: string): readonly [height: number, width: number] {
  const match = /^(\d+)(?:x(\d+))?$/i.exec(text.trim());
  const height = Number(match?.[1]);
  const width = Number(match?.[2] ?? match?.[1]);
  if (match !== null && isSide(height) && isSide(width)) return [height, width];
  throw new InvalidArgumentError("Give height x width in pixels, each from 1 to 16384, as in 150x150.");
}

/** A parser of whole numbers of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text.trim()) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Give a whole number of at least ${least}.`);
  };
}

/** A share, above 0 and below 1. @throws InvalidArgumentError */
export function parseShare(text: string): number {
  const value = parseNumber(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError("Give a share above 0 and below 1, as in 0.2.");
}

/** A number above 0. @throws InvalidArgumentError */
export function parsePositive(text: string): number {
  const value = parseNumber(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Give a number above 0, as in 1e-3.");
}

/** A parser of one of some words; another word gets the nearest one. */
export function oneOf<const Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(adviceFor(text, words));
  };
}

/** A parser of one of some words, or the path of a file with one of the endings. */
export function oneOfOrFile(words: readonly string[], endings: readonly string[]): (text: string) => string {
  return (text) => {
    if (words.includes(text) || isFileWithEnding(text, endings)) return text;
    throw new InvalidArgumentError(`${adviceFor(text, words)} Or give a file that ends in ${endings.join(" or ")}.`);
  };
}

/** Whether the text names a file by its ending. */
export function isFileWithEnding(text: string, endings: readonly string[]): boolean {
  return endings.some((ending) => text.endsWith(ending) && text.length > ending.length);
}

function adviceFor(text: string, words: readonly string[]): string {
  const right = nearest(text, words);
  return right === undefined
    ? `Use one of ${words.join(", ")}.`
    : `Did you mean ${right}? Known are ${words.join(", ")}.`;
}

function parseNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

function isSide(extent: number): boolean {
  return Number.isInteger(extent) && extent >= 1 && extent <= 16384;
}
