// The device "js": holds host arrays and interprets graphs on the calling thread, in float32 or in float64.

import { BugError, SinterError } from "#engine/base/error.ts";
import { hostArray, type DType, type HostArray } from "#engine/base/dtype.ts";
import type { Graph } from "#engine/graph/graph.ts";
import { printGraph } from "#engine/graph/print.ts";
import type { Device, DeviceMemory, Executable } from "#engine/runtime/device.ts";
import { interpret } from "#engine/target/js/interpreter.ts";

class JsMemory implements DeviceMemory {
  readonly bytes: number;
  values: HostArray | undefined;
  readonly #onRelease: (bytes: number) => void;
  #isReleased = false;

  constructor(bytes: number, onRelease: (bytes: number) => void) {
    this.bytes = bytes;
    this.#onRelease = onRelease;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.values = undefined;
    this.#onRelease(this.bytes);
  }
}

class JsExecutable implements Executable {
  readonly numKernels = 0;
  readonly arenaBytes = 0;
  readonly graph: Graph;

  constructor(graph: Graph) {
    this.graph = graph;
  }

  async explain(): Promise<string> {
    return printGraph(this.graph);
  }
}

/**
 * A device that interprets.
 * @param options precision "f64" computes and holds f32 tensors in doubles; then `read` gives a Float64Array for them
 */
export function createJsDevice(options: { readonly precision?: "f32" | "f64" } = {}): Device {
  const precision = options.precision ?? "f32";
  let liveBytes = 0;
  return {
    name: "js",
    description: `interpreter in ${precision === "f32" ? "float32" : "float64"}, one thread`,
    arithmetic: `js ${precision}`,
    get liveBytes() {
      return liveBytes;
    },
    allocate: (bytes) => {
      liveBytes += bytes;
      return new JsMemory(bytes, (released) => {
        liveBytes -= released;
      });
    },
    write: async (memory, values) => {
      const isRounded = precision === "f32" && values instanceof Float64Array;
      own(memory).values = isRounded ? Float32Array.from(values) : values.slice();
    },
    read: async (memory, dtype, size) => readValues(own(memory), dtype, size),
    compile: async (graph) => new JsExecutable(graph),
    run: async (executable, args) => {
      if (!(executable instanceof JsExecutable)) throw new BugError("An executable of another device came to js.");
      const { parameters, outputs } = executable.graph;
      const inputs = parameters.map((parameter, index) =>
        valuesOf(args[index], parameter.type.dtype, parameter.type.shape),
      );
      const results = interpret(executable.graph, inputs, { precision });
      outputs.forEach((_output, index) => {
        const result = results[index];
        // Two outputs may be one node, and an output a parameter: memory never shares an array.
        if (result !== undefined) own(args[parameters.length + index]).values = result.slice();
      });
    },
    close: async () => {},
  };
}

function own(memory: DeviceMemory | undefined): JsMemory {
  if (memory instanceof JsMemory) return memory;
  throw new BugError("Memory of another device came to js.");
}

function readValues(memory: JsMemory, dtype: DType, size: number): HostArray {
  return memory.values?.slice(0, size) ?? hostArray(dtype, size);
}

function valuesOf(memory: DeviceMemory | undefined, dtype: DType, shape: readonly number[]): HostArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const { values } = own(memory);
  if (values === undefined) return hostArray(dtype, size);
  if (values.length < size) {
    throw new SinterError("shape", `js: memory of ${values.length} elements for ${size}. Write all of them first.`, {
      have: values.length,
      need: size,
    });
  }
  return values.length === size ? values : values.slice(0, size);
}
