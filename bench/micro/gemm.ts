// What the kernel language gives: a 4 x 8 register tile over packed panels, K = 288, N = 64, and the price of a step.
// node bench/micro/run.mjs gemm
import {
  add,
  elementAt,
  float,
  fma,
  int,
  KernelBuilder,
  load,
  loadSplat,
  multiply,
  offsetBy,
  splat,
  type Kernel,
  type KernelProgram,
  type Local,
} from "#engine/graph/kernel.ts";
import { installPlatform } from "#engine/platform/api.ts";
import { createNodePlatform } from "#engine/platform/node/node-platform.ts";
import { WasmEngine } from "#engine/runtime/wasm-engine.ts";

const depth = 288;
const width = 64;
const rowsPerChunk = 64;

/** One step in depth: every sum gets its product. */
function multiplyStep(
  builder: KernelBuilder,
  at: { a: Local; b: Local; tile: readonly Local[]; rows: number; vectors: number; step: number },
): void {
  const { a, b, rows, vectors, step } = at;
  const wide = Array.from({ length: vectors }, (_, index) =>
    builder.let(load("vf32", "f32", b, (step * vectors + index) * 16)),
  );
  const narrow = Array.from({ length: rows }, (_, row) => builder.let(loadSplat(a, (step * rows + row) * 4)));
  for (const [index, sum] of at.tile.entries()) {
    const [x, y] = [narrow[Math.floor(index / vectors)], wide[index % vectors]];
    if (x !== undefined && y !== undefined) builder.set(sum, fma(x, y, sum));
  }
}

/** Rows x 64 = rows x 288 times 288 x 64; both operands packed in panels of `rows` and of 4 * `vectors`. */
function gemmKernel(numRows: number, rows: number, vectors: number, unroll: number): Kernel {
  const builder = new KernelBuilder();
  const columns = vectors * 4;
  const [left, right, result] = [builder.buffer(0), builder.buffer(1), builder.buffer(2)];
  const firstRow = builder.let(multiply(builder.chunk, int(rowsPerChunk)));
  builder.loop(int(0), int(width), columns, (column) => {
    const panel = builder.let(elementAt(right, "f32", multiply(column, int(depth))));
    builder.loop(int(0), int(rowsPerChunk), rows, (row) => {
      const a = builder.variable(elementAt(left, "f32", multiply(add(firstRow, row), int(depth))));
      const b = builder.variable(panel);
      const tile = Array.from({ length: rows * vectors }, () => builder.variable(splat(float(0))));
      builder.loop(int(0), int(depth), unroll, () => {
        for (let step = 0; step < unroll; step += 1) multiplyStep(builder, { a, b, tile, rows, vectors, step });
        builder.set(a, offsetBy(a, int(unroll * rows * 4)));
        builder.set(b, offsetBy(b, int(unroll * columns * 4)));
      });
      const target = builder.let(elementAt(result, "f32", add(multiply(add(firstRow, row), int(width)), column)));
      for (const [index, sum] of tile.entries()) {
        const r = Math.floor(index / vectors);
        builder.store("f32", target, sum, (r * width + (index % vectors) * 4) * 4);
      }
    });
  });
  const flops = 2 * numRows * depth * width;
  return builder.finish({ name: "gemm", numBuffers: 3, numChunks: numRows / rowsPerChunk, flops, bytes: 0 });
}

function emptyProgram(numSteps: number, numChunks: number): KernelProgram {
  const kernel = new KernelBuilder().finish({ name: "empty", numBuffers: 0, numChunks, flops: 0, bytes: 0 });
  const steps = Array.from({ length: numSteps }, () => ({ kernel: 0, buffers: [] }));
  return { name: "empty", kernels: [kernel], steps, numArguments: 0, arenaBytes: 0 };
}

/** The fastest of some runs, in milliseconds: what the machine gives when nobody else has it. */
async function best(numRuns: number, work: () => Promise<void>): Promise<number> {
  let shortest = Infinity;
  for (let run = 0; run < numRuns; run += 1) {
    const started = performance.now();
    await work();
    shortest = Math.min(shortest, performance.now() - started);
  }
  return shortest;
}

async function measure(threads: number, relaxed: boolean, tile: readonly [number, number, number]): Promise<void> {
  const engine = new WasmEngine({ threads, relaxed });
  const numRows = 12288;
  const kernel = gemmKernel(numRows, ...tile);
  const buffers = [0, 1, 2].map((index) => ({ kind: "argument", index }) as const);
  const steps = [{ kernel: 0, buffers }];
  const loaded = await engine.load({ name: "gemm", kernels: [kernel], steps, numArguments: 3, arenaBytes: 0 });
  const sizes = [numRows * depth, depth * width, numRows * width];
  const blocks = sizes.map((size) => engine.allocate(size * 4));
  for (const block of blocks)
    await engine.write(
      block,
      Float32Array.from({ length: block.bytes / 4 }, () => Math.random() - 0.5),
    );
  const first = await best(1, () => engine.run(loaded, blocks));
  const milliseconds = await best(150, () => engine.run(loaded, blocks));
  const rate = kernel.flops / milliseconds / 1e6;
  const name = `${tile[0]}x${tile[1] * 4} unroll ${tile[2]}`;
  console.log(
    `gemm ${name} threads ${threads} ${engine.relaxed ? "relaxed" : "plain"}: ${milliseconds.toFixed(2)} ms, ` +
      `${rate.toFixed(1)} GFLOP/s, ${(rate / threads).toFixed(1)} a core; first run ${first.toFixed(1)} ms`,
  );
  await engine.close();
}

async function latency(threads: number): Promise<void> {
  const engine = new WasmEngine({ threads });
  const short = await engine.load(emptyProgram(1, 1));
  const long = await engine.load(emptyProgram(1000, 2));
  for (let warm = 0; warm < 50; warm += 1) await engine.run(long, []);
  const one = await best(300, () => engine.run(short, []));
  const thousand = await best(50, () => engine.run(long, []));
  console.log(
    `empty step, threads ${threads}: ${(one * 1000).toFixed(0)} us, a further kernel ${(thousand - one).toFixed(2)} us`,
  );
  await engine.close();
}

installPlatform(createNodePlatform());
for (const threads of [1, 2]) await latency(threads);
// Written out twice, the step in depth spills: V8 moves all loads to the front. It unrolls the plain loop itself.
const tiles = [
  [4, 2, 1],
  [4, 2, 2],
] as const;
for (const tile of tiles) {
  for (const relaxed of [false, true]) for (const threads of [1, 2]) await measure(threads, relaxed, tile);
}
