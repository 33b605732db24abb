import { expect, test } from "vitest";
import { treeKey, treeLeaves, treeMap } from "#engine/base/tree.ts";

class Leaf {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

const isLeaf = (value: unknown): value is Leaf => value instanceof Leaf;
const tree = { b: [new Leaf("x"), 3], a: { inner: new Leaf("y") }, none: null };

test("leaves come in the order of keys as written", () => {
  expect(treeLeaves(tree, isLeaf).map((leaf) => leaf.name)).toEqual(["x", "y"]);
});

test("a mapped tree keeps what is no leaf", () => {
  expect(treeMap(tree, isLeaf, (leaf) => leaf.name)).toEqual({ b: ["x", 3], a: { inner: "y" }, none: null });
});

test("keys are equal for equal structure and static values only", () => {
  const keyOf = (value: unknown): string => treeKey(value, isLeaf, () => "leaf");
  expect(keyOf([new Leaf("x")])).toBe(keyOf([new Leaf("z")]));
  const others = [0, -0, NaN, Infinity, -Infinity, null, "NaN", true, undefined, [], {}, [0], { a: 0 }];
  expect(new Set(others.map(keyOf)).size).toBe(others.length);
});
