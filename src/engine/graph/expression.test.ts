import { expect, test } from "vitest";
import {
  axis,
  binary,
  constant,
  guarded,
  plus,
  read,
  rewrite,
  substituteAxes,
  times,
} from "#engine/graph/expression.ts";

const [x, y] = [axis(0), axis(1)];

test("what is not replaced stays the same object", () => {
  const kept = read(0, [plus(times(x, 3), 1)], "f32");
  const whole = binary("add", kept, guarded(binary("less", y, constant(4)), read(1, [y], "f32")));
  expect(rewrite(whole, () => undefined)).toBe(whole);
  const changed = rewrite(whole, (part) => (part.kind === "axis" && part.axis === 1 ? constant(2) : undefined));
  expect(changed).toMatchObject({ kind: "binary", y: { kind: "read", at: [{ kind: "constant", value: 2 }] } });
  expect(changed.kind === "binary" && changed.x).toBe(kept);
});

test("axes are exchanged, even for the very objects that they replace", () => {
  const place = binary("subtract", x, y);
  expect(substituteAxes(place, [y, x])).toEqual(binary("subtract", y, x));
});

test("what folding gives back is not replaced a second time", () => {
  const moved = substituteAxes(plus(x, times(y, 5)), [plus(y, 1), constant(0)]);
  expect(moved).toEqual(plus(y, 1));
});
