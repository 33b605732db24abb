import { expect, test } from "vitest";
import { ClusterMap } from "#engine/compile/cluster-map.ts";
import { sortNodes } from "#engine/graph/graph.ts";
import { exp, parameter, tanh } from "#engine/ops/index.ts";

const x = parameter({ dtype: "f32", shape: [4] });
const [early, other] = [exp(x), tanh(x)];
const [late, apart] = [exp(early), exp(other)];

function makeMap(): ClusterMap<object> {
  return new ClusterMap(
    sortNodes([late, apart], (node) => node === x),
    (node) => node === x,
  );
}

test("a node needs what it is computed from", () => {
  const map = makeMap();
  expect(map.reaches([late], (_, node) => node === early)).toBe(true);
  expect(map.reaches([late], (_, node) => node === other)).toBe(false);
});

test("a node needs what its cluster needs, until it leaves it", () => {
  const map = makeMap();
  const cluster = {};
  map.set(late, cluster);
  map.set(apart, cluster);
  expect(map.reaches([late], (_, node) => node === other)).toBe(true);
  map.delete(apart);
  expect(map.get(apart)).toBeUndefined();
  expect(map.reaches([late], (_, node) => node === other)).toBe(false);
});

test("what is known to be clear is not searched again", () => {
  const map = makeMap();
  const clear = map.nothingClear();
  expect(map.reaches([late], (_, node) => node === other, clear)).toBe(false);
  expect(map.reaches([late], () => true, clear)).toBe(false);
});

test("a worklist gives nodes in topological order, none before the last", () => {
  const list = makeMap().worklist();
  list.add(late);
  list.add(early);
  expect(list.next()).toBe(early);
  list.add(early);
  expect(list.next()).toBe(late);
  expect(list.next()).toBeUndefined();
});
