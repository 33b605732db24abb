// How fit, evaluate and predict tell a data set from arrays, and options from labels.

import { isTensor } from "#engine/tensor/tensor.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import type { Values } from "./feed.ts";

export interface Arguments<Options> {
  readonly data: Dataset | Values;
  readonly y: Values | undefined;
  readonly options: Options;
}

/** (dataset, options) or (x, y, options). */
export function parseArguments<Options extends object>(
  first: Dataset | Values,
  second: Values | Options | undefined,
  third: Options | undefined,
): Arguments<Options | Record<string, never>> {
  if (isOptions(second)) return { data: first, y: undefined, options: second };
  return { data: first, y: second, options: third ?? {} };
}

function isOptions<Options extends object>(value: Values | Options | undefined): value is Options {
  return (
    typeof value === "object" &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !isTensor(value) &&
    !("data" in value && "shape" in value)
  );
}

/** The batch size alone, where it is given. */
export function sizeOf({ batchSize }: { readonly batchSize?: number }): { readonly batchSize?: number } {
  return batchSize === undefined ? {} : { batchSize };
}
