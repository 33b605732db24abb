import { expect, test } from "vitest";
import { axis, binary, constant, guarded, plus, read, times, type Expression } from "#engine/graph/expression.ts";
import { Roots } from "#engine/compile/roots.ts";

const [row, column] = [axis(0), axis(1)];
const element = (): Expression => read(0, [plus(times(axis(0), 8), axis(1))], "f32");

function roots(): Roots {
  return new Roots({ shapes: [[64]], levels: [1, 2], accumulatorLevel: 3 });
}

test("equal parts of all roots are one object", () => {
  const all = roots();
  const sum = all.add(binary("add", element(), element()));
  expect(sum.kind === "binary" && sum.x === sum.y).toBe(true);
  const root = all.add(element());
  expect(sum.kind === "binary" && sum.x).toBe(root);
  expect(all.numUses(root)).toBe(3);
});

test("a level settles the largest parts that need no deeper one", () => {
  const all = roots();
  const root = all.add(element());
  expect(all.levelOf(root)).toBe(2);
  expect(all.settledAt(root, 1)).toEqual([times(row, 8)]);
  expect(all.settledAt(root, 2)).toEqual([root]);
});

test("a guarded read is settled whole or not at all", () => {
  const all = roots();
  const inside = binary("less", row, constant(4));
  const isInside = binary("less", column, constant(4));
  const own = all.add(guarded(inside, read(0, [row], "f32")));
  const deeper = all.add(guarded(isInside, read(0, [times(row, 8)], "f32")));
  expect(all.settledAt(own, 1)).toEqual([own]);
  expect(all.settledAt(deeper, 1)).toEqual([times(row, 8)]);
});
