// The inner loop of a matrix product: its sums stay in registers, and nothing moves but factors.
import { describe, expect, test } from "vitest";
import { compileGraph } from "#engine/compile/pipeline.ts";
import { dot, parameter } from "#engine/ops/index.ts";
import { encodeKernel } from "#engine/target/x64/encode-kernel.ts";
import { traitsOf, type InstructionSet } from "#engine/target/x64/traits.ts";
import { disassemble, withoutSizes } from "./disassembler.ts";

describe("a product's inner loop", () => {
  test.each<InstructionSet>(["avx2", "avx512"])("%s", async (instructionSet) => {
    const { lanes, tile } = traitsOf(instructionSet);
    const [x, y] = [512, 512].map((size) => parameter({ dtype: "f32", shape: [size, size] }));
    const product = dot(x!, y!, { leftContract: [1], rightContract: [0] });
    const program = await compileGraph(
      { parameters: [x!, y!], outputs: [product], donations: [-1] },
      traitsOf(instructionSet),
    );
    const { code, instructionBytes } = encodeKernel(program.kernels[0]!, { instructionSet });
    const all = disassemble(code.slice(0, instructionBytes));
    const lines = all.map(({ text }) => withoutSizes(text));
    const first = lines.findIndex((line) => line.startsWith("vfmadd"));
    const end = lines.findIndex((line, index) => index > first && line.startsWith("j"));
    // The jump at the end says where the loop begins.
    const target = Number.parseInt(lines[end]!.split(" ")[1]!, 16);
    const start = all.findIndex(({ next }) => next === target) + 1;
    const names = lines.slice(start, end).map((line) => line.split(" ")[0]!);
    const count = (name: string): number => names.filter((other) => other === name).length;
    expect(count("vfmadd231ps")).toBe(tile.rows * tile.vectors);
    expect(count("vbroadcastss")).toBe(tile.rows);
    expect(count("vmovups")).toBe(tile.vectors);
    expect(names).toHaveLength(tile.rows * (tile.vectors + 1) + tile.vectors + 4);
    const accumulators = lines.slice(start, end).flatMap((line) => /^vfmadd231ps (\w+),/.exec(line)?.[1] ?? []);
    expect(new Set(accumulators).size).toBe(tile.rows * tile.vectors);
    expect(accumulators.every((name) => name.startsWith(lanes === 16 ? "zmm" : "ymm"))).toBe(true);
  });
});
