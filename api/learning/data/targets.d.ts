import { type DType, type HostArray } from "../../engine/base/dtype.js";
import type { HostTensor, LabelMode } from "./dataset.js";
export interface Targets {
  readonly rowShape: readonly number[];
  readonly dtype: DType;
  write(index: number, batch: HostArray, row: number): void;
}
export declare function gatherTargets(targets: Targets, indices: readonly number[]): HostTensor;
export declare function classTargets(labels: Int32Array, numClasses: number, mode: LabelMode, name: string): Targets;
export declare function valueTargets({ data, shape, dtype }: HostTensor): Targets;
