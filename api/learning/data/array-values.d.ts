import type { HostArray } from "../../engine/base/dtype.js";
import type { HostTensor } from "./dataset.js";
export type NestedNumbers = readonly number[] | readonly NestedNumbers[];
export type ArrayInput = HostTensor | HostArray | NestedNumbers;
export type SeveralArrays = readonly (HostTensor | HostArray)[] | Readonly<Record<string, ArrayInput>>;
export interface NamedTensors {
  readonly tensors: readonly HostTensor[];
  readonly names?: readonly string[];
}
export declare function namedTensors(values: ArrayInput | SeveralArrays, name: string): NamedTensors;
export declare function hostTensor(values: ArrayInput, name: string): HostTensor;
