import type { DType, HostArray } from "../base/dtype.js";
import type { Graph } from "../graph/graph.js";
export interface DeviceMemory {
  readonly bytes: number;
  release(): void;
}
export interface Executable {
  readonly numKernels: number;
  readonly arenaBytes: number;
  readonly preparation?: PreparationStep | undefined;
  explain(): Promise<string>;
}
export interface PreparationStep {
  readonly executable: Executable;
  readonly bytes: readonly number[];
}
export interface Device {
  readonly name: "js" | "wasm" | "native";
  readonly description: string;
  readonly arithmetic: string;
  readonly liveBytes: number;
  allocate(bytes: number): DeviceMemory;
  write(memory: DeviceMemory, values: HostArray): Promise<void>;
  read(memory: DeviceMemory, dtype: DType, size: number): Promise<HostArray>;
  compile(graph: Graph, constants?: ReadonlySet<number>): Promise<Executable>;
  run(executable: Executable, args: readonly DeviceMemory[]): Promise<void>;
  close(): Promise<void>;
}
