import type { Batch, HostTensor } from "./dataset.js";
import { type Targets } from "./targets.js";
export interface SampleRows {
  readonly furtherInputs?: readonly Targets[] | undefined;
  readonly targets?: Targets | undefined;
  readonly furtherTargets?: readonly Targets[] | undefined;
  readonly sampleWeights?: Targets | undefined;
  readonly targetWeights?: readonly Targets[] | undefined;
  readonly inputNames?: readonly string[] | undefined;
  readonly targetNames?: readonly string[] | undefined;
}
export declare function gatherRows(
  x: HostTensor,
  rows: SampleRows,
  chosen: readonly number[],
): Pick<Batch, "x" | "inputs" | "y" | "targets" | "sampleWeight" | "sampleWeights">;
