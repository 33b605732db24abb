import type { Network } from "./network.js";
export interface SummaryOptions {
  readonly lineLength?: number;
}
export declare function summarize(
  name: string,
  network: Network,
  optimizerSizes: readonly number[] | undefined,
  options?: SummaryOptions,
): string;
