// How fit, evaluate and predict tell a data set from arrays, and options from labels.

import type { Dataset } from "#learning/data/dataset.ts";
import { isDataset } from "./feed.ts";
import type { SeveralValues, Values } from "./several-values.ts";

/** A data set, or the values of one or several inputs. */
export type Given = Dataset | Values | SeveralValues;

export interface Arguments<Options> {
  readonly data: Given;
  readonly y: Values | SeveralValues | undefined;
  readonly options: Options;
}

/** (dataset, options) or (x, y, options). */
export function parseArguments<Options extends object>(
  first: Given,
  second: Values | SeveralValues | Options | undefined,
  third: Options | undefined,
): Arguments<Options | Record<string, never>> {
  if (isOptions(second, first)) return { data: first, y: undefined, options: second ?? {} };
  return { data: first, y: second, options: third ?? {} };
}

/** Beside a data set stand options, beside values their labels. */
function isOptions<Options extends object>(
  _second: Values | SeveralValues | Options | undefined,
  first: Given,
): _second is Options | undefined {
  return isDataset(first);
}

/** The batch size alone, where it is given. */
export function sizeOf({ batchSize }: { readonly batchSize?: number }): { readonly batchSize?: number } {
  return batchSize === undefined ? {} : { batchSize };
}
