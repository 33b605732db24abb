import { expect, test } from "vitest";
import { add, binaryValue, float, int, KernelBuilder, load } from "#engine/graph/kernel.ts";
import { liveStatements } from "./live-statements.ts";

test("keeps what stores, bounds and conditions need, and drops the rest", () => {
  const k = new KernelBuilder();
  const unused = k.let(load("f32", "f32", k.buffer(0)));
  k.let(binaryValue("add", unused, float(1)));
  const end = k.let(add(k.chunk, int(4)));
  const sum = k.variable(float(0));
  k.loop(int(0), end, 1, (index) => {
    k.let(add(index, int(7)));
    k.set(sum, binaryValue("add", sum, float(1)));
  });
  k.loop(int(0), int(9), 1, (index) => k.let(add(index, int(1))));
  k.when(
    binaryValue("less", k.chunk, int(2)),
    () => k.store("f32", k.buffer(1), sum),
    () => k.let(add(k.chunk, int(3))),
  );
  const { body } = k.finish({ name: "t", numBuffers: 2, numChunks: 1, flops: 0, bytes: 0 });
  const live = liveStatements(body);
  expect(live.map(({ kind }) => kind)).toEqual(["set", "set", "for", "if"]);
  expect(live.flatMap((one) => (one.kind === "for" ? one.body : [])).map(({ kind }) => kind)).toEqual(["set"]);
  expect(live.flatMap((one) => (one.kind === "if" ? one.otherwise : []))).toEqual([]);
});

test("what only changes itself is dropped", () => {
  const k = new KernelBuilder();
  const counter = k.variable(int(0));
  k.loop(int(0), int(5), 1, () => k.set(counter, add(counter, int(1))));
  k.store("i32", k.buffer(0), int(1));
  const { body } = k.finish({ name: "t", numBuffers: 1, numChunks: 1, flops: 0, bytes: 0 });
  expect(liveStatements(body).map(({ kind }) => kind)).toEqual(["store"]);
});
