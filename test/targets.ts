// Every device that must agree with the oracle, and how a test runs a graph on one.

import "#entry/install-node.ts";
import type { HostArray } from "#engine/base/dtype.ts";
import { byteSize } from "#engine/base/dtype.ts";
import { messageOf } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { Graph } from "#engine/graph/graph.ts";
import type { Device, DeviceMemory } from "#engine/runtime/device.ts";
import { createNativeDevice } from "#engine/runtime/native-device.ts";
import { createJsDevice } from "#engine/runtime/js-device.ts";
import { createWasmDevice } from "#engine/runtime/wasm-device.ts";

export interface Target {
  readonly name: string;
  open(): Device;
}

/** Why machine code cannot run here; undefined where it can. */
export const whyNoNative: string | undefined = await reasonAgainstNative();

async function reasonAgainstNative(): Promise<string | undefined> {
  try {
    await createNativeDevice({ threads: 1 }).close();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** The targets under test; each is opened by the test that uses it, and closed by it. */
export const targets: readonly Target[] = [
  { name: "js", open: () => createJsDevice() },
  { name: "wasm", open: () => createWasmDevice({ threads: 2, relaxedSimd: false }) },
  { name: "wasm relaxed", open: () => createWasmDevice({ threads: 2, relaxedSimd: true }) },
  ...(whyNoNative === undefined ? [{ name: "native", open: () => createNativeDevice({ threads: 2 }) }] : []),
];

/** The outputs of a graph on a device; donated arguments lend their memory. @param constants places of parameters to prepare for */
export async function runOn(
  device: Device,
  graph: Graph,
  args: readonly HostArray[],
  constants?: ReadonlySet<number>,
): Promise<HostArray[]> {
  const executable = await device.compile(graph, constants);
  const memories: DeviceMemory[] = [];
  for (const [index, parameter] of graph.parameters.entries()) {
    const memory = device.allocate(Math.max(sizeOf(parameter.type.shape) * byteSize(parameter.type.dtype), 4));
    const values = args[index];
    if (values !== undefined && values.length > 0) await device.write(memory, values);
    memories.push(memory);
  }
  const results = graph.outputs.map((output, index) => {
    const donation = graph.donations[index] ?? -1;
    const bytes = Math.max(sizeOf(output.type.shape) * byteSize(output.type.dtype), 4);
    return memories[donation] ?? device.allocate(bytes);
  });
  const { preparation } = executable;
  const prepared = preparation?.bytes.map((bytes) => device.allocate(bytes)) ?? [];
  if (preparation !== undefined) await device.run(preparation.executable, [...memories, ...prepared]);
  await device.run(executable, [...memories, ...results, ...prepared]);
  const values: HostArray[] = [];
  for (const [index, output] of graph.outputs.entries()) {
    const memory = results[index];
    if (memory !== undefined) values.push(await device.read(memory, output.type.dtype, sizeOf(output.type.shape)));
  }
  for (const memory of new Set([...memories, ...results, ...prepared])) memory.release();
  return values;
}
