// Runs a compiled graph as x86-64 code, kernel after kernel and chunk after chunk, on the calling thread. Tests only.
import { byteSize, hostArray, type HostArray } from "#engine/base/dtype.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { compileGraph } from "#engine/compile/pipeline.ts";
import type { Graph } from "#engine/graph/graph.ts";
import { encodeKernel } from "#engine/target/x64/encode-kernel.ts";
import { traitsOf, type InstructionSet } from "#engine/target/x64/traits.ts";
import type { Machine, NativeMemory } from "./run-code.ts";

/** The outputs of a graph. */
export async function runNative(
  machine: Machine,
  graph: Graph,
  args: readonly HostArray[],
  instructionSet: InstructionSet = "avx2",
): Promise<HostArray[]> {
  const program = await compileGraph(graph, traitsOf(instructionSet));
  const bytesOf = ({ type }: Graph["outputs"][number]): number => sizeOf(type.shape) * byteSize(type.dtype) + 64;
  const memories = graph.parameters.map((parameter, index) => {
    const memory = machine.allocate(bytesOf(parameter));
    copy(args[index]!, memory);
    return memory;
  });
  const results = graph.outputs.map(
    (output, index) => memories[graph.donations[index] ?? -1] ?? machine.allocate(bytesOf(output)),
  );
  const all = [...memories, ...results];
  const arena = machine.allocate(program.arenaBytes);
  const kernels = program.kernels.map((kernel) => machine.function(encodeKernel(kernel, { instructionSet }).code));
  for (const { kernel: number, buffers } of program.steps) {
    const kernel = program.kernels[number]!;
    const table = machine.allocate(buffers.length * 8);
    buffers.forEach((slot, index) => {
      const address = slot.kind === "argument" ? all[slot.index]!.address : arena.address + BigInt(slot.offset);
      new BigUint64Array(table.buffer)[index] = address;
    });
    const scratch = machine.allocate(kernel.scratchBytes);
    for (let chunk = 0; chunk < kernel.numChunks; chunk += 1) kernels[number]!(table.address, chunk, scratch.address);
  }
  return graph.outputs.map(({ type }, index) => {
    const values = hostArray(type.dtype, sizeOf(type.shape));
    const source = new Uint8Array(results[index]!.buffer, 0, values.byteLength);
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(source);
    return values;
  });
}

function copy(values: HostArray, memory: NativeMemory): void {
  new Uint8Array(memory.buffer).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}
