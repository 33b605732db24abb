// A machine as a device, for tests that are written for devices.
import { hostArray, type HostArray } from "#engine/base/dtype.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { Graph } from "#engine/graph/graph.ts";
import type { Device, DeviceMemory, Executable } from "#engine/runtime/device.ts";
import type { CodeTarget, Machine } from "./machine.ts";
import { runProgram } from "./run-program.ts";

interface GraphExecutable extends Executable {
  readonly graph: Graph;
}

/** A device that compiles a graph whenever it runs it. */
export function deviceOn(open: () => Machine, target: CodeTarget): Device {
  const contents = new Map<DeviceMemory, HostArray>();
  return {
    name: "wasm",
    description: `tests of ${target.name}`,
    arithmetic: target.name,
    liveBytes: 0,
    allocate: (bytes) => ({ bytes, release: () => {} }),
    write: async (memory, values) => void contents.set(memory, values.slice()),
    read: async (memory, dtype, size) => contents.get(memory)?.slice(0, size) ?? hostArray(dtype, size),
    compile: async (graph): Promise<GraphExecutable> => ({
      graph,
      numKernels: 0,
      arenaBytes: 0,
      explain: async () => "",
    }),
    run: async (executable, args) => {
      const { graph } = executable as GraphExecutable;
      const inputs = graph.parameters.map(
        ({ type }, index) => contents.get(args[index]!) ?? hostArray(type.dtype, sizeOf(type.shape)),
      );
      using machine = open();
      const outputs = await runProgram(machine, target, graph, inputs);
      outputs.forEach((values, index) => contents.set(args[graph.parameters.length + index]!, values));
    },
    close: async () => {},
  };
}
