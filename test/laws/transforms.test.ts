// jit, grad, valueAndGrad over trees: values and, since types are checked, what users need not write.

import { afterAll, beforeAll, expect, expectTypeOf, test } from "vitest";
import { closeDevice, grad, jit, tensor, useDevice, valueAndGrad, type Tensor } from "../../src/entry/node.ts";

beforeAll(() => useDevice("js"));
afterAll(() => closeDevice());

const numbers = async (value: Tensor): Promise<number[]> => Array.from(await value.data());

test("arguments without a type are tensors", async () => {
  const slope = jit(grad((x) => x.mul(x).sum()));
  expect(await numbers(slope(tensor([1, 2, 3])))).toEqual([2, 4, 6]);
  const area = jit((x, y) => x.mul(y));
  expect(await numbers(area(tensor([2]), tensor([3])))).toEqual([6]);
});

test("the gradient is a tree like the argument that was asked for", async () => {
  const loss = (x: Tensor, { scale, shift }: { scale: Tensor; shift: Tensor }): Tensor => x.mul(scale).add(shift).sum();
  const slope = grad(loss, { argument: 1 });
  expectTypeOf(slope).returns.toEqualTypeOf<{ scale: Tensor; shift: Tensor }>();
  const { scale, shift } = slope(tensor([1, 2]), { scale: tensor([3, 4]), shift: tensor([5, 6]) });
  expect(await numbers(scale)).toEqual([1, 2]);
  expect(await numbers(shift)).toEqual([1, 1]);
});

test("a captured tensor is constant, also when it is the argument", async () => {
  const x = tensor([1, 2]);
  expect(await numbers(grad((y) => y.mul(x).sum())(x))).toEqual([1, 2]);
});

test("value, gradient and what else the function gave come together", async () => {
  const both = jit(valueAndGrad((x) => ({ value: x.mul(x).sum(), aux: { doubled: x.mul(2) } }), { hasAux: true }));
  const { value, gradient, aux } = both(tensor([1, 2]));
  expectTypeOf(aux).toEqualTypeOf<{ doubled: Tensor }>();
  expect(await value.item()).toBe(5);
  expect(await numbers(gradient)).toEqual([2, 4]);
  expect(await numbers(aux.doubled)).toEqual([2, 4]);
});

test("a gradient of a gradient for a captured argument that is not yet computed", async () => {
  const x = tensor([1, 2]).mul(0.5).add(0.5);
  // The slope of x² y for x is 2 x y; of its sum for y 2 x.
  const slope = grad((y) => grad((at) => at.square().mul(y).sum())(x).sum());
  expect(await numbers(slope(tensor([3, 4]).mul(2).mul(1)))).toEqual([2, 3]);
});
