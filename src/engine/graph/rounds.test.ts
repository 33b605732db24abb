import { expect, test } from "vitest";
import type { KernelProgram } from "#engine/graph/kernel.ts";
import { firstRounds, numRounds, passagesOf } from "#engine/graph/rounds.ts";

/** Step 0, then three rounds of a step and two of a pair, then step 16. */
const program: KernelProgram = {
  name: "nested",
  kernels: [],
  steps: Array.from({ length: 17 }, () => ({ kernel: 0, buffers: [] })),
  loops: [
    { first: 1, numSteps: 5, count: 3 },
    { first: 2, numSteps: 2, count: 2 },
  ],
  numArguments: 0,
  arenaBytes: 0,
};

test("steps of later rounds repeat those of the first", () => {
  expect(firstRounds(program)).toEqual([0, 1, 2, 3, 2, 3, 1, 2, 3, 2, 3, 1, 2, 3, 2, 3, 16]);
  expect(numRounds(program).filter((count) => count > 0)).toEqual([1, 3, 6, 6, 1]);
});

test("a program's loops as a tree", () => {
  const inner = { count: 2, body: [2, 3] };
  expect(passagesOf(program)).toEqual([0, { count: 3, body: [1, inner] }, 16]);
});

test("a loop that begins with a loop", () => {
  const loops = [
    { first: 0, numSteps: 4, count: 2 },
    { first: 0, numSteps: 1, count: 3 },
  ];
  const steps = program.steps.slice(0, 8);
  expect(passagesOf({ ...program, steps, loops })).toEqual([{ count: 2, body: [{ count: 3, body: [0] }, 3] }]);
  expect(firstRounds({ ...program, steps, loops })).toEqual([0, 0, 0, 3, 0, 0, 0, 3]);
});
