// The kernel language as WebAssembly.
import type { Kernel } from "#engine/graph/kernel.ts";
import { encodeProgram } from "#engine/target/wasm/encode.ts";
import { heapStart, table } from "#engine/target/wasm/layout.ts";
import { testKernels } from "./value-cases.ts";
import { memoryBytes, place, scratchAt } from "./value-inputs.ts";

testKernels({ lanes: 4, fused: false, run: runInWasm });

function runInWasm(kernel: Kernel, fill: (memory: ArrayBuffer) => void): ArrayBuffer {
  const buffers = Array.from({ length: kernel.numBuffers }, (_, index) => heapStart + place(index));
  const steps = [{ kernel: 0, buffers: buffers.map((_, index) => ({ kind: "argument", index }) as const) }];
  const program = { name: "test", kernels: [kernel], steps, numArguments: buffers.length, arenaBytes: 0 };
  const bytes = encodeProgram(program, { isThreaded: false, isShared: false, relaxed: false, profile: false });
  const memory = new WebAssembly.Memory({ initial: (heapStart + memoryBytes) / 65536 });
  const contents = new ArrayBuffer(memoryBytes);
  fill(contents);
  new Uint8Array(memory.buffer).set(new Uint8Array(contents), heapStart);
  const words = new Int32Array(memory.buffer);
  words[table.scratch / 4] = heapStart + scratchAt;
  words.set(buffers, table.header / 4);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  (instance.exports["main"] as (thread: number, address: number) => number)(0, 0);
  return memory.buffer.slice(heapStart);
}
