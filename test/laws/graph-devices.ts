// Runs one graph on wasm and, where there is one, on the native device, and compares with the oracle in float64.

import { expect } from "vitest";
import { isFloating } from "#engine/base/dtype.ts";
import "#entry/install-node.ts";
import type { Node } from "#engine/graph/graph.ts";
import { createNativeDevice } from "#engine/runtime/native-device.ts";
import { DeviceQueue } from "#engine/runtime/queue.ts";
import { createWasmDevice } from "#engine/runtime/wasm-device.ts";
import { interpret } from "#engine/target/js/interpreter.ts";
import { whyNoNative } from "../targets.ts";
import { errorOf } from "./compare.ts";
import { makeSample } from "./samples.ts";

export interface GraphDevices {
  /** Compares; gives what each device, wasm first, tells of the graph's kernels. */
  check(parameters: readonly Node[], output: Node, tolerance: number): Promise<string[]>;
  close(): Promise<void>;
}

export function openDevices(options: { readonly winograd?: boolean } = {}): GraphDevices {
  const devices = [
    createWasmDevice({ ...options, threads: 2 }),
    ...(whyNoNative === undefined ? [createNativeDevice({ ...options, threads: 2 })] : []),
  ];
  const queues = devices.map((device) => new DeviceQueue(device));
  return {
    check: async (parameters, output, tolerance) => {
      const args = parameters.map((node, index) =>
        makeSample({ kind: isFloating(node.type.dtype) ? "normal" : "bits", type: node.type }, index + 1),
      );
      const graph = { parameters, outputs: [output], donations: [-1] };
      const [oracle] = interpret(graph, args, { precision: "f64" });
      const explanations: string[] = [];
      for (const queue of queues) {
        const program = { graph, finish: () => graph, executable: undefined };
        const [result] = queue.call(
          program,
          parameters.map((node, number) => queue.upload(node.type, args[number]!)),
        );
        expect(errorOf(await queue.download(result!), oracle!, "f32")).toBeLessThan(tolerance);
        explanations.push(await (await queue.compile(program)).explain());
      }
      return explanations;
    },
    close: async () => {
      await Promise.all(devices.map((device) => device.close()));
    },
  };
}
