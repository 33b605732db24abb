// The page that wasm-page.test.ts opens: runs one program on the threads that this page may have, and gives the bytes.
import {
  add,
  elementAt,
  float,
  int,
  KernelBuilder,
  load,
  multiply,
  splat,
  type KernelProgram,
} from "#engine/graph/kernel.ts";
import { installPlatform } from "#engine/platform/api.ts";
import { createBrowserPlatform } from "#engine/platform/browser/browser-platform.ts";
import { WasmEngine } from "#engine/runtime/wasm-engine.ts";

const size = 4096;

function program(): KernelProgram {
  const builder = new KernelBuilder();
  const start = builder.let(multiply(builder.chunk, int(256)));
  builder.loop(start, add(start, int(256)), 4, (index) => {
    const x = load("vf32", "f32", elementAt(builder.buffer(0), "f32", index));
    builder.store("f32", elementAt(builder.buffer(1), "f32", index), add(multiply(x, splat(float(3))), x));
  });
  const kernel = builder.finish({ name: "scale", numBuffers: 2, numChunks: size / 256, flops: 0, bytes: 0 });
  const [first, second] = [{ kind: "argument", index: 0 } as const, { kind: "argument", index: 1 } as const];
  const between = { kind: "arena", offset: 0 } as const;
  const steps = [
    { kernel: 0, buffers: [first, between] },
    { kernel: 0, buffers: [between, second] },
  ];
  return { name: "page", kernels: [kernel], steps, numArguments: 2, arenaBytes: size * 4 };
}

/** What the test reads from the page. */
export interface PageResult {
  readonly description: string;
  readonly numThreads: number;
  readonly isRight: boolean;
}

async function run(): Promise<PageResult> {
  installPlatform(createBrowserPlatform());
  const engine = new WasmEngine();
  const loaded = await engine.load(program());
  const [x, y] = [engine.allocate(size * 4), engine.allocate(size * 4)];
  const input = Float32Array.from({ length: size }, (_, index) => Math.cos(index));
  await engine.write(x, input);
  for (let run = 0; run < 100; run += 1) await engine.run(loaded, [x, y]);
  const large = engine.allocate(80 * 2 ** 20);
  await engine.write(large, new Float32Array(1000).fill(2));
  const kept = await engine.read(large, "f32", 1000);
  const output = await engine.read(y, "f32", size);
  const once = (value: number): number => Math.fround(Math.fround(value * 3) + value);
  const isRight =
    output.every((value, index) => value === once(once(input[index] ?? 0))) && kept.every((value) => value === 2);
  const { description, numThreads } = engine;
  await engine.close();
  return { description, numThreads, isRight };
}

Object.assign(globalThis, { run });
