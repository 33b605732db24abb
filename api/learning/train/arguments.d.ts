import type { Dataset } from "../data/dataset.js";
import type { SeveralValues, Values } from "./several-values.js";
export type Given = Dataset | Values | SeveralValues;
export interface Arguments<Options> {
  readonly data: Given;
  readonly y: Values | SeveralValues | undefined;
  readonly options: Options;
}
export declare function parseArguments<Options extends object>(
  first: Given,
  second: Values | SeveralValues | Options | undefined,
  third: Options | undefined,
): Arguments<Options | Record<string, never>>;
export declare function sizeOf({ batchSize }: { readonly batchSize?: number }): {
  readonly batchSize?: number;
};
