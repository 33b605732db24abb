// Runs a compiled graph as machine code, kernel after kernel and chunk after chunk, on the calling thread. Tests only.
import { byteSize, hostArray, type HostArray } from "#engine/base/dtype.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { compileGraph } from "#engine/compile/pipeline.ts";
import type { Graph } from "#engine/graph/graph.ts";
import { addressTable, type CodeTarget, type Machine, type Region } from "./machine.ts";

/** The outputs of a graph. */
export async function runProgram(
  machine: Machine,
  { traits, encode }: CodeTarget,
  graph: Graph,
  args: readonly HostArray[],
): Promise<HostArray[]> {
  const program = await compileGraph(graph, traits);
  const bytesOf = ({ type }: Graph["outputs"][number]): number => sizeOf(type.shape) * byteSize(type.dtype);
  const parameters = graph.parameters.map((parameter, index) => {
    const region = machine.allocate(bytesOf(parameter));
    region.bytes.set(asBytes(args[index]!));
    return region;
  });
  const results = graph.outputs.map((output, index): Region => {
    return parameters[graph.donations[index] ?? -1] ?? machine.allocate(bytesOf(output));
  });
  const all = [...parameters, ...results];
  const arena = machine.allocate(program.arenaBytes);
  const calls = program.kernels.map((kernel) => machine.function(encode(kernel)));
  for (const { kernel: number, buffers } of program.steps) {
    const addresses = buffers.map((slot) => {
      const region = slot.kind === "argument" ? all[slot.index]! : arena;
      return region.address + BigInt(slot.offset ?? 0);
    });
    const table = addressTable(machine, addresses);
    const { numChunks, scratchBytes } = program.kernels[number]!;
    const scratch = machine.allocate(scratchBytes);
    for (let chunk = 0; chunk < numChunks; chunk += 1) calls[number]!(table.address, chunk, scratch.address);
  }
  return graph.outputs.map(({ type }, index) => {
    const values = hostArray(type.dtype, sizeOf(type.shape));
    asBytes(values).set(results[index]!.bytes.subarray(0, values.byteLength));
    return values;
  });
}

function asBytes(values: HostArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
