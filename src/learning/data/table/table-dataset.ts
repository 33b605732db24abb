// Tables as data sets for fit, evaluate and predict, and their rows in two parts. Values are encoded once, in memory.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import { SampleDataset } from "#learning/data/sample-dataset.ts";
import type { SampleRows } from "#learning/data/sample-rows.ts";
import { arraySource } from "#learning/data/source.ts";
import { chooseByClass } from "#learning/data/split.ts";
import { columnOf, hasValue, type Table, tableRows } from "#learning/data/table/columns.ts";
import {
  type EncodedRows,
  type TableEncoding,
  tableEncoding,
  type TableEncodingOptions,
} from "#learning/data/table/table-encoding.ts";
import { categoryOf } from "#learning/data/table/table-features.ts";
import { classTargets, valueTargets } from "#learning/data/targets.ts";

export interface TableDatasetOptions extends TableEncodingOptions {
  /** One that was learned of other rows, in place of features, target, labelMode and missing. */
  readonly encoding?: TableEncoding;
  /** Default 32. */
  readonly batchSize?: number;
  /** Whether training shuffles; default true when there is a target. */
  readonly shuffle?: boolean;
  /** Default 0. */
  readonly seed?: number;
}

const own = ["encoding", "batchSize", "shuffle", "seed"];
const learned = ["features", "target", "labelMode", "missing"];

/**
 * A table as a data set: x f32 [batch, inputs], y as the label mode has it. For rows to validate on, give the encoding that
 * was learned of the rows of training: else their missing values and categories would be learned of themselves.
 * @throws option; data naming row and column
 * @example
 * const people = tableOf({ age: [31, 45, null], city: ["Bonn", "Kiel", "Bonn"], isHere: [true, false, true] });
 * const data = tableDataset(people, { target: "isHere", missing: "median", batchSize: 2 });
 */
export function tableDataset(table: Table, options: TableDatasetOptions = {}): SampleDataset {
  const where = "tableDataset";
  checkOptions(where, options, [...own, ...learned]);
  const { encoding: given, batchSize = 32, shuffle, seed = 0, ...toLearn } = options;
  const both = Object.keys(toLearn);
  if (given !== undefined && both.length > 0) {
    throw new SinterError(
      "option",
      `${where}: encoding beside ${both.join(", ")}, which it holds. Leave one of both out.`,
    );
  }
  const encoding = given ?? tableEncoding(table, toLearn);
  const target = encoding.getConfig().target?.column;
  const hasTarget = target !== undefined && table.columns.some(({ name }) => name === target);
  const rows = encoding.encode(table, { target: hasTarget });
  return new SampleDataset({
    source: arraySource(rows.x.data, rows.x.shape, "f32"),
    ...targetsOf(rows, encoding),
    labelMode: hasTarget ? encoding.labelMode : "none",
    labels: rows.labels,
    classNames: encoding.classNames,
    batchSize,
    shuffle: shuffle ?? hasTarget,
    seed,
    name: where,
  });
}

function targetsOf({ y, labels }: EncodedRows, { labelMode, classNames = [] }: TableEncoding): SampleRows {
  if (labels !== undefined) return { targets: classTargets(labels, classNames.length, labelMode, "tableDataset") };
  return y === undefined ? {} : { targets: valueTargets(y) };
}

export interface SplitTableOptions {
  /** A column whose values both parts have in the same shares: the target of a classification. */
  readonly by?: string;
  /** A column whose equal values stay together: a customer, a patient. */
  readonly group?: string;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * The rows of a table in two parts, drawn by seed.
 * @param share of the rows that become the second part, above 0 and below 1
 * @throws option; data where a part would be empty
 * @example
 * const table = tableOf({ x: [1, 2, 3, 4], kind: ["a", "a", "b", "b"] });
 * const { train, validation } = splitTable(table, 0.5, { by: "kind" });
 */
export function splitTable(
  table: Table,
  share: number,
  options: SplitTableOptions = {},
): { readonly train: Table; readonly validation: Table } {
  checkOptions("splitTable", options, ["by", "group", "seed"]);
  if (!(share > 0 && share < 1)) {
    throw new SinterError("option", `splitTable: share ${share}, expected a number above 0 and below 1.`, { share });
  }
  const numbers = new Map<string, number>();
  const labels = textsOf(table, options.by).map((text = "") => {
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  });
  const chosen = chooseByClass(labels, textsOf(table, options.group), share, options.seed ?? 0);
  const others = new Set(chosen);
  const rest = labels.map((_, row) => row).filter((row) => !others.has(row));
  if (chosen.length === 0 || rest.length === 0) {
    throw new SinterError("data", `splitTable: ${table.numRows} rows do not divide. Give more rows, or another group.`);
  }
  return { train: tableRows(table, rest), validation: tableRows(table, chosen) };
}

/** A column's values as texts; undefined for every row where no column is asked for, or a value is missing. */
function textsOf(table: Table, name: string | undefined): (string | undefined)[] {
  const column = name === undefined ? undefined : columnOf(table, name);
  return Array.from({ length: table.numRows }, (_, row) =>
    column !== undefined && hasValue(column, row) ? categoryOf(column, row) : undefined,
  );
}
