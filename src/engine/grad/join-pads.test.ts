import { expect, test } from "vitest";
import type { Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import { joinPads } from "#engine/grad/join-pads.ts";

const pieces = [0, 1, 2].map(() => ops.parameter({ dtype: "f32", shape: [2, 3] }));

/** A piece as columns 3 n to 3 n + 3 of nine. */
function padded(number: number, value = 0): Node {
  const piece = pieces[number]!;
  return ops.pad(piece, [0, 3 * number], [0, 6 - 3 * number], [0, 0], value);
}

test("pieces that tile an axis, in any order, are one concatenation", () => {
  const [joined] = joinPads([ops.tanh(ops.add(padded(2), ops.add(padded(0), padded(1))))]);
  const [whole] = joined!.inputs;
  expect(whole!.primitive.name).toBe("concatenate");
  expect(whole!.inputs).toEqual(pieces);
  expect(whole!.attributes).toEqual({ axis: 1 });
});

test("gaps, overlaps and other values stay sums", () => {
  for (const sum of [
    ops.add(padded(0), padded(2)),
    ops.add(ops.add(padded(0), padded(1)), ops.add(padded(1), padded(2))),
    ops.add(ops.add(padded(0, 1), padded(1)), padded(2)),
    ops.add(ops.add(padded(0), padded(1)), ops.parameter({ dtype: "f32", shape: [2, 9] })),
  ]) {
    expect(joinPads([sum])).toEqual([sum]);
  }
});
