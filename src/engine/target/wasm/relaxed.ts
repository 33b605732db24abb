// Whether this host's relaxed multiply-add exists and rounds once: tried out, never assumed.

import { float, fma, KernelBuilder, loadSplat, splat, type KernelProgram } from "#engine/graph/kernel.ts";
import { encodeProgram } from "./encode.ts";
import { heapStart, pageBytes, table } from "./layout.ts";

let known: boolean | undefined;

/** True when `fma` may be compiled to one instruction with one rounding. */
export function hasFusedMultiplyAdd(): boolean {
  known ??= tryOut();
  return known;
}

/** Writes (1 + 2^-12)^2 - (1 + 2^-11) to its buffer: 2^-24 when rounded once, else 0. */
function probe(): KernelProgram {
  const builder = new KernelBuilder();
  const buffer = builder.buffer(0);
  const x = loadSplat(buffer);
  builder.store("f32", buffer, fma(x, x, splat(float(-(1 + 2 ** -11)))));
  const kernel = builder.finish({ name: "probe", numBuffers: 1, numChunks: 1, flops: 0, bytes: 0 });
  const steps = [{ kernel: 0, buffers: [{ kind: "argument", index: 0 } as const] }];
  return { name: "probe", kernels: [kernel], steps, numArguments: 1, arenaBytes: 0 };
}

function tryOut(): boolean {
  const bytes = encodeProgram(probe(), { isThreaded: false, isShared: false, relaxed: true, profile: false });
  if (!WebAssembly.validate(bytes)) return false;
  const pages = heapStart / pageBytes + 1;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { main } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
  if (typeof main !== "function") return false;
  const values = new Float32Array(memory.buffer);
  values[heapStart / 4] = 1 + 2 ** -12;
  new Int32Array(memory.buffer)[table.header / 4] = heapStart;
  Reflect.apply(main, undefined, [0, 0]);
  return values[heapStart / 4] === 2 ** -24;
}
