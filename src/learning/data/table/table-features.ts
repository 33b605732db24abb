// One column as inputs of a model: what is learned of it, and its values as numbers.

import { SinterError } from "#engine/base/error.ts";
import { type Column, hasValue } from "#learning/data/table/columns.ts";
import { stringLookup, type StringLookup } from "#learning/data/string-lookup.ts";

export const missingRules = ["error", "drop", "mean", "median", "mostFrequent", "category"] as const;

/**
 * What stands in for a missing value: "error" refuses it, "drop" leaves its row out, "category" makes it a category of its
 * own; or a value.
 */
export type MissingRule = (typeof missingRules)[number] | { readonly value: number | string };

/** What was learned of a column. */
export type FeatureConfig = NumberFeature | CategoryFeature;

export interface NumberFeature {
  readonly column: string;
  readonly kind: "number";
  readonly missing: "error" | "drop" | number;
}

export interface CategoryFeature {
  readonly column: string;
  readonly kind: "category";
  readonly encoding: "oneHot" | "index";
  /** Place i of the inputs, or the number i + 1. */
  readonly categories: readonly string[];
  /** A category in the list. */
  readonly missing: "error" | "drop" | { readonly category: string };
}

/** The category of rows without a value. */
const missingCategory = "(missing)";
const millisecondsPerDay = 86_400_000;

/** What each input is. */
export function inputNamesOf(feature: FeatureConfig): string[] {
  if (feature.kind === "number" || feature.encoding === "index") return [feature.column];
  return feature.categories.map((category) => `${feature.column}=${category}`);
}

interface LearnOptions {
  readonly missing: MissingRule;
  readonly categories?: "oneHot" | "index";
}

/** @throws option for a rule that does not fit the column; data for a missing value where none may be */
export function learnFeature(column: Column, { missing, categories }: LearnOptions): FeatureConfig {
  const feature =
    column.kind === "text" || categories !== undefined
      ? learnCategories(column, missing, categories ?? "oneHot")
      : learnNumbers(column, missing);
  // Rows of training without a value, where none may be, are told at once.
  if (feature.missing === "error") eachRow(column, (row) => checkThere(column, row));
  return feature;
}

function learnNumbers(column: Column, rule: MissingRule): NumberFeature {
  const base = { column: column.name, kind: "number" } as const;
  if (rule === "error" || rule === "drop") return { ...base, missing: rule };
  if (typeof rule === "object") {
    if (typeof rule.value === "number") return { ...base, missing: rule.value };
    throw wrongRule(column, `the text "${rule.value}"`);
  }
  if (rule === "category") throw wrongRule(column, '"category"');
  const numbers: number[] = [];
  eachRow(column, (row) => {
    if (hasValue(column, row)) numbers.push(numberAt(column, row));
  });
  if (numbers.length === 0) {
    throw new SinterError("data", `Column "${column.name}" has no value at all. Leave it out of the features.`, {
      column: column.name,
    });
  }
  return {
    ...base,
    missing: rule === "mean" ? meanOf(numbers) : rule === "median" ? medianOf(numbers) : modeOf(numbers),
  };
}

function learnCategories(column: Column, rule: MissingRule, encoding: "oneHot" | "index"): CategoryFeature {
  const lookup = stringLookup();
  const there: string[] = [];
  eachRow(column, (row) => {
    if (hasValue(column, row)) there.push(categoryOf(column, row));
  });
  lookup.adapt(there);
  const found = lookup.getVocabulary({ includeSpecialTokens: false });
  const base = { column: column.name, kind: "category", encoding } as const;
  if (rule === "error" || rule === "drop") return { ...base, categories: found, missing: rule };
  const own = typeof rule === "object" ? String(rule.value) : rule === "category" ? missingCategory : found[0];
  if (own === undefined) {
    throw new SinterError("data", `Column "${column.name}" has no value at all. Leave it out of the features.`, {
      column: column.name,
    });
  }
  return { ...base, categories: found.includes(own) ? found : [...found, own], missing: { category: own } };
}

function wrongRule(column: Column, what: string): SinterError {
  return new SinterError(
    "option",
    `tableEncoding: column "${column.name}" is of kind ${column.kind}, so ${what} cannot stand in for a missing value. Give ` +
      '"mean", "median" or { value: 0 }, or categories: "oneHot".',
    { column: column.name },
  );
}

/** Where inputs go: `start` of each row of `stride` numbers. */
export interface EncodeInto {
  readonly data: Float32Array;
  readonly start: number;
  readonly stride: number;
}

/** Writes the inputs of the given rows. @throws data for a missing value where none may be */
export function encodeFeature(feature: FeatureConfig, column: Column, rows: Int32Array, into: EncodeInto): void {
  const { data, start, stride } = into;
  if (feature.kind === "number") {
    if (column.kind === "text") throw otherKind(column);
    for (const [at, row] of rows.entries()) {
      if (feature.missing === "error") checkThere(column, row);
      const fill = typeof feature.missing === "number" ? feature.missing : 0;
      data[at * stride + start] = hasValue(column, row) ? numberAt(column, row) : fill;
    }
    return;
  }
  // Index 0 is that of a category that was not learned.
  const lookup: StringLookup = stringLookup({ vocabulary: feature.categories });
  for (const [at, row] of rows.entries()) {
    if (feature.missing === "error") checkThere(column, row);
    const fill = typeof feature.missing === "object" ? feature.missing.category : "";
    const index = lookup.indexOf(hasValue(column, row) ? categoryOf(column, row) : fill);
    if (feature.encoding === "index") data[at * stride + start] = index;
    else if (index > 0) data[at * stride + start + index - 1] = 1;
  }
}

function otherKind(column: Column): SinterError {
  return new SinterError(
    "data",
    `Column "${column.name}" is of texts, but it was learned as numbers. Read it with kinds: { ${column.name}: "number" }.`,
    { column: column.name },
  );
}

/** A value as the text of its category. */
export function categoryOf({ kind, values }: Column, row: number): string {
  const value = values[row];
  if (kind === "boolean") return value === 1 ? "true" : "false";
  return kind === "date" ? new Date(Number(value)).toISOString() : String(value);
}

/** A value as an input; dates in days. */
function numberAt({ kind, values }: Column, row: number): number {
  const value = Number(values[row]);
  return kind === "date" ? value / millisecondsPerDay : value;
}

function checkThere(column: Column, row: number): void {
  if (hasValue(column, row)) return;
  throw new SinterError(
    "data",
    `Column "${column.name}", row ${row + 1}: no value. Say what stands in: missing: "median", "mostFrequent", "drop", …`,
    { column: column.name, row: row + 1 },
  );
}

function eachRow({ values }: Column, visit: (row: number) => void): void {
  for (let row = 0; row < values.length; row += 1) visit(row);
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value / numbers.length, 0);
}

function medianOf(numbers: readonly number[]): number {
  const sorted = Float64Array.from(numbers).sort();
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return (low + high) / 2;
}

/** The most frequent, of equal ones the least. */
function modeOf(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of numbers) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || a - b);
  return sorted[0]?.[0] ?? 0;
}
