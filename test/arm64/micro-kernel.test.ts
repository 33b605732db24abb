// The inner loop of a matrix product: its sums stay in registers, factors come from lanes, and nothing moves.
import { expect, test } from "vitest";
import { compileGraph } from "#engine/compile/pipeline.ts";
import { dot, parameter } from "#engine/ops/index.ts";
import { encodeKernel } from "#engine/target/arm64/encode-kernel.ts";
import { arm64Traits } from "#engine/target/arm64/traits.ts";

test("a product's inner loop", async () => {
  const { tile } = arm64Traits;
  const [x, y] = [512, 512].map((size) => parameter({ dtype: "f32", shape: [size, size] }));
  const product = dot(x!, y!, { leftContract: [1], rightContract: [0] });
  const program = await compileGraph({ parameters: [x!, y!], outputs: [product], donations: [-1] }, arm64Traits);
  const { code, instructionBytes } = encodeKernel(program.kernels[0]!);
  const view = new DataView(code.buffer);
  const words = Array.from({ length: instructionBytes / 4 }, (_, index) => view.getUint32(index * 4, true));
  const isBranch = (word: number): boolean => word >>> 24 === 0x54;
  const isProduct = (word: number): boolean => (word & 0xffc0f400) >>> 0 === 0x4f801000;
  const first = words.findIndex(isProduct);
  const end = words.findIndex((word, index) => index > first && isBranch(word));
  // The branch at the end says where the loop begins: 19 bits, in words.
  const start = end + ((words[end]! << 8) >> 13);
  const loop = words.slice(start, end);
  expect(new Set(loop.filter(isProduct).map((word) => word & 31)).size).toBe(tile.rows * tile.vectors);
  // Besides products: a load for each row and vector, two pointers and the counter moved on, and the test.
  expect(loop).toHaveLength(tile.rows * tile.vectors + tile.rows + tile.vectors + 4);
});
