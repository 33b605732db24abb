// From tables to numbers for training: which columns are read, what stands in for missing values, which number or place each
// category has. What is learned of the training rows is kept, so that other rows become the same numbers.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice } from "#engine/base/options.ts";
import type { HostTensor, LabelMode } from "#learning/data/dataset.ts";
import { type Column, columnOf, hasValue, type Table } from "#learning/data/table/columns.ts";
import {
  categoryOf,
  encodeFeature,
  type FeatureConfig,
  inputNamesOf,
  learnFeature,
  type MissingRule,
  missingRules,
} from "#learning/data/table/table-features.ts";

/** A column that is read, and how. */
export interface FeatureOptions {
  readonly column: string;
  /** What stands in where it has no value; as for the whole table by default. */
  readonly missing?: MissingRule;
  /** "oneHot": an input a category; "index": their numbers from 1. By default texts are "oneHot", others numbers. */
  readonly categories?: "oneHot" | "index";
}

export interface TableEncodingOptions {
  /** Columns that the model sees, in this order; all but the target by default. */
  readonly features?: readonly (string | FeatureOptions)[];
  /** The column that is to be predicted; none for a table to predict on. */
  readonly target?: string;
  /**
   * How the target is laid out. By default "binary" for texts and booleans of two classes, "categorical" for more, "values"
   * for numbers, which a regression learns.
   */
  readonly labelMode?: Exclude<LabelMode, "none">;
  /** What stands in for missing values: "error" by default. Of texts "mean" and "median" mean "mostFrequent". */
  readonly missing?: MissingRule;
}

/** The target as it was learned. */
export interface TargetConfig {
  readonly column: string;
  readonly labelMode: Exclude<LabelMode, "none">;
  /** In the order of their numbers; none for values. */
  readonly classNames?: readonly string[];
}

/** What `tableEncoding` has learned, as JSON. */
export interface TableEncodingConfig {
  readonly features: readonly FeatureConfig[];
  readonly target?: TargetConfig;
}

/** Rows as numbers. */
export interface EncodedRows {
  /** f32 [rows, inputs] */
  readonly x: HostTensor;
  /** f32 [rows, 1]; none for classes, or where the table has no target. */
  readonly y?: HostTensor;
  /** The class of each row. */
  readonly labels?: Int32Array;
  /** Which rows of the table they are: those that are left out for a missing value are not there. */
  readonly rows: Int32Array;
}

/** A way from tables to numbers. */
export interface TableEncoding {
  /** What each number of a row is: "age", "city=Bonn". */
  readonly inputNames: readonly string[];
  readonly labelMode: LabelMode;
  readonly classNames?: readonly string[];
  /**
   * @param options `target: false` where the table need not have it
   * @throws data naming row and column for a missing value, or a class that was not learned; option for a missing column
   */
  encode(table: Table, options?: { readonly target?: boolean }): EncodedRows;
  /** What was learned, as JSON: `tableEncodingOf` makes the same encoding of it. */
  getConfig(): TableEncodingConfig;
}

/**
 * Learns from the rows of training how tables become numbers: what stands in for missing values, and the categories, the most
 * frequent first. Dates become days since 1970. A category that was not learned is all zeros, or the index 0.
 * @throws option; data for a missing value where none may be
 * @example
 * const people = tableOf({ age: [31, 45, null], city: ["Bonn", "Kiel", "Bonn"], isHere: [true, false, true] });
 * const encoding = tableEncoding(people, { target: "isHere", missing: "median" });
 * console.log(encoding.inputNames); // ["age", "city=Bonn", "city=Kiel"]
 */
export function tableEncoding(table: Table, options: TableEncodingOptions = {}): TableEncoding {
  const where = "tableEncoding";
  checkOptions(where, options, ["features", "target", "labelMode", "missing"]);
  const { target, missing = "error" } = options;
  checkRule(missing);
  const learnt = target === undefined ? {} : { target: learnTarget(columnOf(table, target), options.labelMode) };
  const names = table.columns.map(({ name }) => name).filter((name) => name !== target);
  const features = (options.features ?? names).map((feature) => {
    const given: FeatureOptions = typeof feature === "string" ? { column: feature } : feature;
    checkOptions(`${where} feature`, given, ["column", "missing", "categories"]);
    if (given.missing !== undefined) checkRule(given.missing);
    if (given.column === target) {
      throw new SinterError("option", `${where}: "${target}" is the target and a feature. Leave it out of features.`);
    }
    return learnFeature(columnOf(table, given.column), { ...given, missing: given.missing ?? missing });
  });
  if (features.length === 0)
    throw new SinterError("option", `${where}: no column is left to learn from. Give features.`);
  return tableEncodingOf({ features, ...learnt });
}

function checkRule(rule: MissingRule): void {
  if (typeof rule === "string") choice("tableEncoding", "missing", rule, missingRules);
}

/** The encoding that `getConfig` told. */
export function tableEncodingOf(config: TableEncodingConfig): TableEncoding {
  const { features, target } = config;
  const inputNames = features.flatMap(inputNamesOf);
  return {
    inputNames,
    labelMode: target?.labelMode ?? "none",
    ...(target?.classNames === undefined ? {} : { classNames: target.classNames }),
    encode: (table, options = {}) => encodeRows(table, config, options.target ?? target !== undefined),
    getConfig: () => config,
  };
}

function encodeRows(table: Table, { features, target }: TableEncodingConfig, hasTarget: boolean): EncodedRows {
  const columns = features.map((feature) => columnOf(table, feature.column));
  const needed = columns.filter((_, index) => features[index]?.missing === "drop");
  const isKept = (row: number): boolean => needed.every((column) => hasValue(column, row));
  const rows = Int32Array.from(Array.from({ length: table.numRows }, (_, row) => row).filter(isKept));
  const numInputs = features.reduce((sum, feature) => sum + inputNamesOf(feature).length, 0);
  const data = new Float32Array(rows.length * numInputs);
  let start = 0;
  for (const [index, feature] of features.entries()) {
    const column = columns[index];
    if (column !== undefined) encodeFeature(feature, column, rows, { data, start, stride: numInputs });
    start += inputNamesOf(feature).length;
  }
  const x: HostTensor = { data, shape: [rows.length, numInputs], dtype: "f32" };
  return target === undefined || !hasTarget ? { x, rows } : { x, rows, ...encodeTarget(table, target, rows) };
}

function encodeTarget(table: Table, target: TargetConfig, rows: Int32Array): Pick<EncodedRows, "y" | "labels"> {
  const column = columnOf(table, target.column);
  if (target.classNames === undefined) {
    const data = Float32Array.from(rows, (row) => numberAt(column, row));
    return { y: { data, shape: [rows.length, 1], dtype: "f32" } };
  }
  const numbers = new Map(target.classNames.map((name, number) => [name, number]));
  const labels = rows.map((row) => {
    const name = classAt(column, row);
    const number = numbers.get(name);
    if (number !== undefined) return number;
    throw new SinterError(
      "data",
      `Column "${column.name}", row ${row + 1}: the class "${name}" was not learned. Known are ` +
        `${(target.classNames ?? []).slice(0, 20).join(", ")}.`,
      { column: column.name, row: row + 1 },
    );
  });
  return { labels };
}

function learnTarget(column: Column, wished: TableEncodingOptions["labelMode"]): TargetConfig {
  const isNumber = column.kind === "number" || column.kind === "integer" || column.kind === "date";
  const mode =
    wished === undefined
      ? undefined
      : choice("tableEncoding", "labelMode", wished, ["binary", "categorical", "sparse", "values"]);
  if (mode === "values" || (mode === undefined && isNumber)) {
    if (column.kind === "text") {
      throw new SinterError("option", `tableEncoding: the target "${column.name}" is of texts. Use another labelMode.`);
    }
    return { column: column.name, labelMode: "values" };
  }
  const found = new Set(Array.from({ length: column.values.length }, (_, row) => classAt(column, row)));
  const classNames = [...found].toSorted((a, b) => (isNumber ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0));
  const labelMode = mode ?? (classNames.length === 2 ? "binary" : "categorical");
  if (classNames.length < 2 || (labelMode === "binary" && classNames.length !== 2)) {
    throw new SinterError(
      "data",
      `tableEncoding: the target "${column.name}" has ${classNames.length} classes, expected ${labelMode === "binary" ? "2" : "2 or more"}.` +
        " Take more rows, or another labelMode.",
      { column: column.name, numClasses: classNames.length },
    );
  }
  return { column: column.name, labelMode, classNames };
}

function classAt(column: Column, row: number): string {
  if (hasValue(column, row)) return categoryOf(column, row);
  throw missingTarget(column.name, row);
}

function numberAt(column: Column, row: number): number {
  const value = column.values[row];
  if (hasValue(column, row) && typeof value === "number") return value;
  throw missingTarget(column.name, row);
}

function missingTarget(name: string, row: number): SinterError {
  return new SinterError(
    "data",
    `Column "${name}", row ${row + 1}: the target has no value. Leave such rows out by tableRows.`,
    { column: name, row: row + 1 },
  );
}
