// What samples have beside the values of their source: further inputs, targets, weights. Each is one row a sample.

import type { Batch, HostTensor } from "#learning/data/dataset.ts";
import { gatherTargets, type Targets } from "#learning/data/targets.ts";

/** Rows of all samples of a source. */
export interface SampleRows {
  /** Inputs after the first, which is the source's. */
  readonly furtherInputs?: readonly Targets[] | undefined;
  readonly targets?: Targets | undefined;
  /** Targets after the first. */
  readonly furtherTargets?: readonly Targets[] | undefined;
  /** f32, a number or a row of them a sample. */
  readonly sampleWeights?: Targets | undefined;
  /** Such weights for each target, in place of `sampleWeights`. */
  readonly targetWeights?: readonly Targets[] | undefined;
  readonly inputNames?: readonly string[] | undefined;
  readonly targetNames?: readonly string[] | undefined;
}

/** A batch's inputs, targets and weights. @param chosen samples of the source */
export function gatherRows(
  x: HostTensor,
  rows: SampleRows,
  chosen: readonly number[],
): Pick<Batch, "x" | "inputs" | "y" | "targets" | "sampleWeight" | "sampleWeights"> {
  const { furtherInputs = [], targets, furtherTargets = [], sampleWeights, targetWeights } = rows;
  const gathered = (list: readonly Targets[]): HostTensor[] => list.map((one) => gatherTargets(one, chosen));
  const y = targets === undefined ? undefined : gatherTargets(targets, chosen);
  return {
    x,
    ...(furtherInputs.length === 0 ? {} : { inputs: [x, ...gathered(furtherInputs)] }),
    ...(y === undefined ? {} : { y }),
    ...(y === undefined || furtherTargets.length === 0 ? {} : { targets: [y, ...gathered(furtherTargets)] }),
    ...(sampleWeights === undefined ? {} : { sampleWeight: gatherTargets(sampleWeights, chosen) }),
    ...(targetWeights === undefined ? {} : { sampleWeights: gathered(targetWeights) }),
  };
}
