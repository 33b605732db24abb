// The native device: graphs compiled to kernels, kernels to machine code, run on threads of its own.

import type { HostArray } from "#engine/base/dtype.ts";
import { BugError } from "#engine/base/error.ts";
import type { KernelProgram } from "#engine/graph/kernel.ts";
import type { Device, DeviceMemory, Executable, PreparationStep } from "#engine/runtime/device.ts";
import { explainProgram, explainWith } from "#engine/runtime/explain.ts";
import { compileAndLoad } from "#engine/runtime/load-prepared.ts";
import { NativeBlock } from "#engine/runtime/native-block.ts";
import { NativeEngine, type NativeEngineOptions } from "#engine/runtime/native-engine.ts";
import type { NativeProgram } from "#engine/runtime/native-program.ts";

class NativeExecutable implements Executable {
  readonly loaded: NativeProgram;
  readonly preparation: PreparationStep | undefined;
  readonly #compileMs: number;

  constructor(loaded: NativeProgram, compileMs: number, preparation?: PreparationStep) {
    this.loaded = loaded;
    this.#compileMs = compileMs;
    this.preparation = preparation;
  }

  get numKernels(): number {
    return this.#program.kernels.length;
  }

  get arenaBytes(): number {
    return this.#program.arenaBytes;
  }

  async explain(): Promise<string> {
    return explainWith(explainProgram(this.#program, this.loaded.times, this.#compileMs), this.preparation);
  }

  get #program(): KernelProgram {
    return this.loaded.program;
  }
}

/** A native device; its threads start with the first work. @throws device with the reason where it cannot be had */
export function createNativeDevice(options: NativeEngineOptions = {}): Device {
  const engine = new NativeEngine(options);
  const abandoned = new FinalizationRegistry<NativeProgram>((loaded) => engine.unload(loaded));
  return {
    name: "native",
    get description() {
      return engine.description;
    },
    arithmetic: engine.arithmetic,
    get liveBytes() {
      return engine.liveBytes;
    },
    allocate: (bytes) => engine.allocate(bytes),
    // The device holds no doubles: their bytes would be taken for those of twice as many numbers.
    write: (memory, values: HostArray) =>
      engine.write(blockOf(memory), values instanceof Float64Array ? Float32Array.from(values) : values),
    read: (memory, dtype, size) => engine.read(blockOf(memory), dtype, size),
    compile: (graph, constants) =>
      compileAndLoad(graph, { traits: engine.traits, constants }, async (program, loading) => {
        const loaded = await engine.load(program, loading.pause);
        const executable = new NativeExecutable(loaded, loading.compileMs(), loading.preparation);
        abandoned.register(executable, loaded);
        return executable;
      }),
    run: (executable, args) => {
      if (!(executable instanceof NativeExecutable))
        throw new BugError("This program was compiled for another device.");
      return engine.run(executable.loaded, args.map(blockOf));
    },
    close: () => engine.close(),
  };
}

function blockOf(memory: DeviceMemory): NativeBlock {
  if (!(memory instanceof NativeBlock)) throw new BugError("This memory belongs to another device.");
  return memory;
}
