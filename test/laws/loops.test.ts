// A scan equals the loop written out, on every target, with its first and second gradients; any number of threads gives
// the same bits.

import "#entry/install-node.ts";
import { afterAll, describe, expect, test } from "vitest";
import type { HostArray } from "#engine/base/dtype.ts";
import type { Device } from "#engine/runtime/device.ts";
import { createJsDevice } from "#engine/runtime/js-device.ts";
import { createNativeDevice } from "#engine/runtime/native-device.ts";
import { DeviceQueue } from "#engine/runtime/queue.ts";
import { createWasmDevice } from "#engine/runtime/wasm-device.ts";
import {
  concat,
  grad,
  jit,
  ones,
  scan,
  stack,
  tensor,
  useDevice,
  valueAndGrad,
  zeros,
  type Tensor,
} from "../../src/entry/node.ts";
import { errorOf } from "./compare.ts";
import { makeSample } from "./samples.ts";
import { targets, whyNoNative } from "../targets.ts";
import { gradientTolerance, targetTolerance } from "../tolerances.ts";

await useDevice("js");
const oracle = new DeviceQueue(createJsDevice({ precision: "f64" }));
afterAll(() => oracle.device.close());

const [time, batch, inputs, units] = [5, 3, 4, 6];

interface Weights {
  readonly kernel: Tensor;
  readonly recurrent: Tensor;
  readonly bias: Tensor;
}

interface State {
  readonly hidden: Tensor;
  readonly cell: Tensor;
}

type Layer = (weights: Weights, state: State, xs: Tensor) => { state: State; outputs: Tensor };

function sample(seed: number, ...shape: number[]): Tensor {
  const values = makeSample({ kind: "normal", type: { dtype: "f32", shape } }, seed);
  return tensor(values, { shape }).mul(0.5);
}

/** One step of a long short-term memory. */
function step({ kernel, recurrent, bias }: Weights, { hidden, cell }: State, x: Tensor): State {
  const z = x.matMul(kernel).add(hidden.matMul(recurrent)).add(bias);
  const gate = (number: number): Tensor => z.slice([0, number * units], [batch, units]);
  const next = gate(1)
    .sigmoid()
    .mul(cell)
    .add(gate(0).sigmoid().mul(gate(2).tanh()));
  return { hidden: gate(3).sigmoid().mul(next.tanh()), cell: next };
}

const scanned: Layer = (weights, initial, xs) => {
  const { carry, outputs } = scan(
    (state: State, x: Tensor) => {
      const next = step(weights, state, x);
      return { carry: next, output: next.hidden };
    },
    initial,
    xs,
  );
  return { state: carry, outputs };
};

const unrolled: Layer = (weights, initial, xs) => {
  let state = initial;
  const outputs: Tensor[] = [];
  for (let index = 0; index < time; index += 1) {
    state = step(weights, state, xs.slice([index, 0, 0], [1, batch, inputs]).reshape([batch, inputs]));
    outputs.push(state.hidden);
  }
  return { state, outputs: stack(outputs) };
};

const weights: Weights = {
  kernel: sample(1, inputs, 4 * units),
  recurrent: sample(2, units, 4 * units),
  bias: sample(3, 4 * units),
};
const initial: State = { hidden: sample(4, batch, units), cell: sample(5, batch, units) };
const xs = sample(6, time, batch, inputs);
const weight = sample(7, time, batch, units);

function lossOf(layer: Layer): (own: Weights, state: State, x: Tensor) => Tensor {
  return (own, state, x) => {
    const made = layer(own, state, x);
    return made.outputs.mul(weight).sum().add(made.state.cell.square().sum());
  };
}

/** The loss, and its gradients for everything. */
function everything(layer: Layer) {
  const both = valueAndGrad((all: { own: Weights; state: State; x: Tensor }) =>
    lossOf(layer)(all.own, all.state, all.x),
  );
  return (own: Weights, state: State, x: Tensor): Tensor[] => {
    const { value, gradient } = both({ own, state, x });
    const { kernel, recurrent, bias } = gradient.own;
    return [value, kernel, recurrent, bias, gradient.state.hidden, gradient.state.cell, gradient.x];
  };
}

async function valuesOf(tensors: readonly Tensor[]): Promise<HostArray[]> {
  return Promise.all(tensors.map((one) => one.data()));
}

describe.each(targets.map((target) => [target.name, target] as const))("%s", (_name, target) => {
  const device = target.open();
  const queue = new DeviceQueue(device);
  afterAll(() => device.close());

  test("results", async () => {
    const run = (layer: Layer, on: DeviceQueue): Promise<HostArray[]> => {
      const made = jit(layer, { device: on })(weights, initial, xs);
      return valuesOf([made.outputs, made.state.hidden, made.state.cell]);
    };
    const [expected, actual] = [await run(unrolled, oracle), await run(scanned, queue)];
    actual.forEach((values, index) => expect(errorOf(values, expected[index]!, "f32")).toBeLessThan(targetTolerance));
  });

  test("gradients", async () => {
    const run = (layer: Layer, on: DeviceQueue): Promise<HostArray[]> =>
      valuesOf(jit(everything(layer), { device: on })(weights, initial, xs));
    const [expected, actual] = [await run(unrolled, oracle), await run(scanned, queue)];
    actual.forEach((values, index) =>
      expect(errorOf(values, expected[index]!, "f32"), `result ${index}`).toBeLessThan(targetTolerance),
    );
  });
});

test("second gradients", async () => {
  const run = (layer: Layer): Promise<HostArray[]> => {
    const first = grad((own: Weights, state: State, x: Tensor) => lossOf(layer)(own, state, x));
    const second = grad((own: Weights, state: State, x: Tensor) => {
      const { kernel, recurrent, bias } = first(own, state, x);
      return kernel.square().sum().add(recurrent.square().sum()).add(bias.square().sum());
    });
    const { kernel, recurrent, bias } = jit(second, { device: oracle })(weights, initial, xs);
    return valuesOf([kernel, recurrent, bias]);
  };
  const [expected, actual] = [await run(unrolled), await run(scanned)];
  actual.forEach((values, index) => expect(errorOf(values, expected[index]!, "f32")).toBeLessThan(gradientTolerance));
});

test("the gradient of a weight is one product behind the loop", async () => {
  const device = new DeviceQueue(createWasmDevice({ threads: 1 }));
  const text = await jit(everything(scanned), { device }).explain(weights, initial, xs);
  const products = text.split("\n").filter((line) => line.includes("dot"));
  const isOf = (line: string, size: number): boolean => new RegExp(` ${size}( x|$)`, "u").test(line);
  expect(products.filter((line) => isOf(line, units * 4 * units)).map((line) => line.includes(" x "))).toEqual([false]);
  expect(products.filter((line) => isOf(line, batch * 4 * units)).every((line) => line.includes(` x ${time}`))).toBe(
    true,
  );
  await device.device.close();
});

test("one iteration is few kernels, forwards and backwards, counted as often as they run", async () => {
  const device = new DeviceQueue(createWasmDevice({ threads: 1 }));
  const text = await jit(everything(scanned), { device }).explain(weights, initial, xs);
  const repeated = text.split("\n").filter((line) => line.endsWith(` x ${time}`));
  // Two products and the gates, and the same backwards.
  expect(repeated).toHaveLength(6);
  await device.device.close();
});

test("any number of threads gives the same bits", async () => {
  const native = (threads: number): Device[] => (whyNoNative === undefined ? [createNativeDevice({ threads })] : []);
  for (const devices of [[1, 2, 3].map((threads) => createWasmDevice({ threads })), [1, 2, 4].flatMap(native)]) {
    const results: HostArray[][] = [];
    for (const device of devices) {
      const wide = (seed: number, ...shape: number[]): Tensor => sample(seed, ...shape);
      const make = jit(
        (w: Tensor, h: Tensor, x: Tensor) => {
          const loss = grad((own: Tensor) =>
            scan(
              (c: Tensor, row: Tensor) => {
                const next = c.matMul(own).add(row).tanh();
                return { carry: next, output: next };
              },
              h,
              x,
            )
              .outputs.square()
              .sum(),
          );
          return loss(w);
        },
        { device: new DeviceQueue(device) },
      );
      results.push(await valuesOf([make(wide(1, 64, 64), wide(2, 40, 64), wide(3, 7, 40, 64))]));
    }
    for (const result of results) expect(result).toEqual(results[0]);
    await Promise.all(devices.map((device) => device.close()));
  }
});

test("the last row comes first where asked, and outputs keep their places", async () => {
  const sums = scan(
    (sum, x) => ({ carry: sum.add(x), output: sum.add(x) }),
    zeros([2]),
    tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
    { reverse: true },
  );
  expect(Array.from(await sums.carry.data())).toEqual([9, 12]);
  expect(Array.from(await sums.outputs.data())).toEqual([9, 12, 8, 10, 5, 6]);
});

test("without rows a length says how often; without iterations the carry stays", async () => {
  const double = (carry: Tensor): { carry: Tensor; output: Tensor } => ({ carry: carry.mul(2), output: carry });
  const eight = scan(double, ones([1]), undefined, { length: 3 });
  expect(Array.from(await eight.carry.data())).toEqual([8]);
  expect(Array.from(await eight.outputs.data())).toEqual([1, 2, 4]);
  const none = scan((carry: Tensor, x: Tensor) => ({ carry: carry.add(x), output: [x] }), ones([2]), zeros([0, 2]));
  expect(Array.from(await none.carry.data())).toEqual([1, 1]);
  expect(none.outputs[0]!.shape).toEqual([0, 2]);
});

test("a scan in a scan", async () => {
  const sumOf = (rows: Tensor, from: Tensor): Tensor =>
    scan((sum: Tensor, x: Tensor) => ({ carry: sum.mul(from).add(x), output: [] }), zeros([2]), rows).carry;
  const rows = sample(1, 3, 4, 2);
  const total = (x: Tensor): Tensor =>
    scan((c: Tensor, own: Tensor) => ({ carry: c.add(sumOf(own, c)), output: [] }), ones([2]), x).carry.sum();
  const written = (x: Tensor): Tensor => {
    let c = ones([2]);
    for (let outer = 0; outer < 3; outer += 1) {
      let sum = zeros([2]);
      for (let inner = 0; inner < 4; inner += 1) {
        sum = sum.mul(c).add(x.slice([outer, inner, 0], [1, 1, 2]).reshape([2]));
      }
      c = c.add(sum);
    }
    return c.sum();
  };
  const [expected, actual] = await valuesOf([written, total].map((one) => jit(grad(one), { device: oracle })(rows)));
  expect(errorOf(actual!, expected!, "f32")).toBeLessThan(gradientTolerance);
});

test("what does not fit is refused", () => {
  const keep = (carry: Tensor, x: Tensor): { carry: Tensor; output: Tensor } => ({ carry, output: x });
  const refusal = (code: string): unknown => expect.objectContaining({ code });
  expect(() => scan(keep, zeros([2]), [zeros([3]), zeros([4])] as never)).toThrow(refusal("shape"));
  expect(() => scan(keep, zeros([2]), zeros([3]), { length: 4 })).toThrow(refusal("shape"));
  expect(() => scan((carry: Tensor) => ({ carry, output: carry }), zeros([2]), undefined)).toThrow(refusal("option"));
  expect(() =>
    scan((carry: Tensor) => ({ carry: concat([carry, carry], 0), output: 0 }), zeros([2]), zeros([3])),
  ).toThrow(refusal("shape"));
});
