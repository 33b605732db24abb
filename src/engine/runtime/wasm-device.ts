// The wasm device: graphs compiled to kernels, kernels to a module, run on threads.

import type { DType, HostArray } from "#engine/base/dtype.ts";
import { BugError } from "#engine/base/error.ts";
import type { Graph } from "#engine/graph/graph.ts";
import type { KernelProgram } from "#engine/graph/kernel.ts";
import type { Device, DeviceMemory, Executable, PreparationStep } from "#engine/runtime/device.ts";
import { explainProgram, explainWith } from "#engine/runtime/explain.ts";
import { compileAndLoad } from "#engine/runtime/load-prepared.ts";
import { WasmBlock } from "#engine/runtime/wasm-block.ts";
import { WasmEngine } from "#engine/runtime/wasm-engine.ts";
import type { LoadedProgram } from "#engine/runtime/wasm-program.ts";

export interface WasmDeviceOptions {
  /** Threads that compute; every core by default. */
  readonly threads?: number;
  /** Whether relaxed multiply-add may be used where the host has it; default true. */
  readonly relaxedSimd?: boolean;
  /** Whether 3 x 3 convolutions may take Winograd's algorithm (errors up to 1e-4 of the rms); default true. */
  readonly winograd?: boolean;
  /** Measures the time of every kernel; slower. */
  readonly profile?: boolean;
}

class WasmExecutable implements Executable {
  readonly program: KernelProgram;
  readonly loaded: LoadedProgram;
  readonly #engine: WasmEngine;
  readonly compileMs: number;
  readonly preparation: PreparationStep | undefined;

  constructor(
    engine: WasmEngine,
    made: Pick<WasmExecutable, "program" | "loaded" | "compileMs"> & {
      readonly preparation?: PreparationStep | undefined;
    },
  ) {
    this.#engine = engine;
    this.program = made.program;
    this.loaded = made.loaded;
    this.compileMs = made.compileMs;
    this.preparation = made.preparation;
  }

  get numKernels(): number {
    return this.program.kernels.length;
  }

  get arenaBytes(): number {
    return this.program.arenaBytes;
  }

  async explain(): Promise<string> {
    const times = await this.#engine.times(this.loaded);
    return explainWith(explainProgram(this.program, times, this.compileMs), this.preparation);
  }
}

/** A wasm device; its threads start with the first work. */
export function createWasmDevice(options: WasmDeviceOptions = {}): Device {
  const engine = new WasmEngine({
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.relaxedSimd === undefined ? {} : { relaxed: options.relaxedSimd }),
    ...(options.winograd === undefined ? {} : { winograd: options.winograd }),
  });
  const profile = options.profile ?? false;
  const abandoned = new FinalizationRegistry<LoadedProgram>((loaded) => engine.unload(loaded));
  return {
    name: "wasm",
    get description() {
      return engine.description;
    },
    arithmetic: engine.arithmetic,
    get liveBytes() {
      return engine.liveBytes;
    },
    allocate: (bytes: number): DeviceMemory => engine.allocate(bytes),
    // The device holds no doubles: their bytes would be taken for those of twice as many numbers.
    write: (memory: DeviceMemory, values: HostArray): Promise<void> =>
      engine.write(blockOf(memory), values instanceof Float64Array ? Float32Array.from(values) : values),
    read: (memory: DeviceMemory, dtype: DType, size: number): Promise<HostArray> =>
      engine.read(blockOf(memory), dtype, size),
    compile: (graph: Graph, constants?: ReadonlySet<number>): Promise<Executable> =>
      compileAndLoad(
        graph,
        { traits: engine.traits, constants },
        async (program, { pause, compileMs, preparation }) => {
          const loaded = await engine.load(program, { profile, pause });
          const executable = new WasmExecutable(engine, { program, loaded, compileMs: compileMs(), preparation });
          abandoned.register(executable, loaded);
          return executable;
        },
      ),
    run: (executable: Executable, args: readonly DeviceMemory[]): Promise<void> => {
      if (!(executable instanceof WasmExecutable)) throw new BugError("This program was compiled for another device.");
      return engine.run(executable.loaded, args.map(blockOf));
    },
    close: () => engine.close(),
  };
}

function blockOf(memory: DeviceMemory): WasmBlock {
  if (!(memory instanceof WasmBlock)) throw new BugError("This memory belongs to another device.");
  return memory;
}
