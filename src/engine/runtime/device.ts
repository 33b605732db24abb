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
  /** What it needs computed beforehand, where constant parameters allow that. */
  readonly preparation?: PreparationStep | undefined;
  /** What `explain` prints: kernels with flops, bytes and, after profiled runs, times. */
  explain(): Promise<string>;
}

/** Work to be done when a constant parameter changes. */
export interface PreparationStep {
  /** Its arguments: the graph's parameters in order, then the memory of what it computes. */
  readonly executable: Executable;
  /** Bytes of each thing it computes; they are the last arguments of what it prepares. */
  readonly bytes: readonly number[];
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
  /** @param constants places of parameters that seldom change: what follows from them alone may be prepared */
  compile(graph: Graph, constants?: ReadonlySet<number>): Promise<Executable>;
  /**
   * Arguments are the graph's parameters in order, then the memory of its outputs in order (a donated one twice), then
   * what was prepared.
   */
  run(executable: Executable, args: readonly DeviceMemory[]): Promise<void>;
  close(): Promise<void>;
}
