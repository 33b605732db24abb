// What a device is to the rest of the runtime: it holds memory and runs compiled graphs, asynchronously and in order.

import type { DType, HostArray } from "#engine/base/dtype.ts";
import type { Graph } from "#engine/graph/graph.ts";

/** Memory of a device. Bytes live until `release`; a device counts them. */
export interface DeviceMemory {
  readonly bytes: number;
  release(): void;
}

/** A graph compiled for a device. */
export interface Executable {
  readonly numKernels: number;
  readonly arenaBytes: number;
  /** What `explain` prints: kernels with flops, bytes and, after profiled runs, times. */
  explain(): Promise<string>;
}

export interface Device {
  readonly name: "js" | "wasm" | "native";
  readonly description: string;
  /** What decides the last bits of its results: equal for devices that compute the same ones. */
  readonly arithmetic: string;
  /** Live bytes of all memory handed out. */
  readonly liveBytes: number;
  allocate(bytes: number): DeviceMemory;
  write(memory: DeviceMemory, values: HostArray): Promise<void>;
  read(memory: DeviceMemory, dtype: DType, size: number): Promise<HostArray>;
  compile(graph: Graph): Promise<Executable>;
  /** Arguments are the graph's parameters in order, then the memory of its outputs in order (a donated one twice). */
  run(executable: Executable, args: readonly DeviceMemory[]): Promise<void>;
  close(): Promise<void>;
}
