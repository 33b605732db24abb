// The train step of the seed CNN written with tensors alone: what `explain` and profiles are read from.
// Run: node scripts/run.mjs bench/micro/seed-step.ts [size] [batch] [threads] [profile]

import "#entry/install-node.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";
import { openDevice, useDevice } from "#engine/tensor/device.ts";
import { tensor } from "#engine/tensor/create.ts";
import { conv, maxPool } from "#engine/tensor/math.ts";
import { Tensor } from "#engine/tensor/tensor.ts";
import { createWasmDevice } from "#engine/runtime/wasm-device.ts";
import { DeviceQueue } from "#engine/runtime/queue.ts";

const [size = 150, batch = 32, threads = 2, profile = 0, steps = 6] = process.argv.slice(2).map(Number);

type Weights = { [name: string]: Tensor };

function uniform(shape: number[], scale: number, seed: number): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const data = new Float32Array(count);
  for (let i = 0; i < count; i += 1) data[i] = ((Math.imul(i + 1, 2654435761) + seed * 40503) >>> 0) / 2 ** 32 * 2 * scale - scale;
  return tensor(data, { shape });
}

function forward(w: Weights, x: Tensor): Tensor {
  let h = x.cast("f32").mul(1 / 255);
  for (const layer of ["1", "2", "3"]) {
    h = maxPool(conv(h, w[`k${layer}`]!).add(w[`b${layer}`]!).relu(), { window: [2, 2] });
  }
  h = h.reshape([h.shape[0]!, -1]);
  h = h.matMul(w["d1"]!).add(w["e1"]!).relu();
  return h.matMul(w["d2"]!).add(w["e2"]!);
}

function loss(w: Weights, x: Tensor, y: Tensor): Tensor {
  const z = forward(w, x).reshape([-1]);
  return z.relu().sub(z.mul(y)).add(z.abs().neg().exp().log1p()).mean();
}

const queue = new DeviceQueue(createWasmDevice({ threads, profile: profile === 1 }));
void openDevice;
void useDevice;
const side = Math.floor((Math.floor((Math.floor((size - 2) / 2) - 2) / 2) - 2) / 2);
const weights: Weights = {
  k1: uniform([3, 3, 3, 32], 0.2, 1), b1: uniform([32], 0, 2),
  k2: uniform([3, 3, 32, 64], 0.08, 3), b2: uniform([64], 0, 4),
  k3: uniform([3, 3, 64, 128], 0.06, 5), b3: uniform([128], 0, 6),
  d1: uniform([side * side * 128, 512], 0.012, 7), e1: uniform([512], 0, 8),
  d2: uniform([512, 1], 0.1, 9), e2: uniform([1], 0, 10),
};
const zerosOf = (w: Weights): Weights => Object.fromEntries(Object.entries(w).map(([k, v]) => [k, tensor(new Float32Array(v.size), { shape: v.shape })]));

const step = jit((w: Weights, m: Weights, v: Weights, x: Tensor, y: Tensor, rate: Tensor) => {
  const { value, gradient } = valueAndGrad((ww: Weights) => loss(ww, x, y))(w);
  const nw: Weights = {}, nm: Weights = {}, nv: Weights = {};
  for (const name of Object.keys(w)) {
    const g = gradient[name]!;
    nm[name] = m[name]!.add(g.sub(m[name]!).mul(0.1));
    nv[name] = v[name]!.add(g.square().sub(v[name]!).mul(0.001));
    nw[name] = w[name]!.sub(nm[name]!.mul(rate).div(nv[name]!.sqrt().add(1e-7)));
  }
  return { w: nw, m: nm, v: nv, value };
}, { donate: [0, 1, 2], device: queue });
const predict = jit((w: Weights, x: Tensor) => forward(w, x).sigmoid(), { device: queue });

const pixels = new Uint8Array(batch * size * size * 3).map((_, i) => Math.imul(i, 2654435761) >>> 24);
const labels = new Float32Array(batch).map((_, i) => i % 2);
const x = tensor(pixels, { shape: [batch, size, size, 3] });
const y = tensor(labels);
const rate = tensor(1e-3);
let state = { w: weights, m: zerosOf(weights), v: zerosOf(weights), value: rate };
const started = performance.now();
const times: number[] = [];
for (let i = 0; i < steps; i += 1) {
  const t = performance.now();
  state = step(state.w, state.m, state.v, x, y, rate);
  const value = await state.value.item();
  times.push(performance.now() - t);
  console.log(`step ${i} loss ${value.toFixed(6)} ${times[i]!.toFixed(1)} ms, ${(times[i]! / batch).toFixed(2)} ms an image`);
}
console.log(`first ${(times[0]!).toFixed(0)} ms, total ${(performance.now() - started).toFixed(0)}`);
for (let i = 0; i < 5; i += 1) {
  const t = performance.now();
  await predict(state.w, x).data();
  console.log(`predict ${((performance.now() - t) / batch).toFixed(2)} ms an image`);
}
console.log(await step.explain(state.w, state.m, state.v, x, y, rate));
console.log(await predict.explain(state.w, x));
await queue.device.close();
