// The train step of the seed CNN, written with tensors alone: what `explain` and profiles are read from.
// Run: node bench/micro/run.mjs seed-step [size] [batch] [threads] [profile] [steps]

import "#entry/install-node.ts";
import { DeviceQueue } from "#engine/runtime/queue.ts";
import { createWasmDevice } from "#engine/runtime/wasm-device.ts";
import { tensor } from "#engine/tensor/create.ts";
import { conv, maxPool } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";

const [size = 150, batch = 32, threads = 2, profile = 0, numSteps = 6] = process.argv.slice(3).map(Number);

interface Block {
  readonly kernel: Tensor;
  readonly bias: Tensor;
}

type Weights = readonly Block[];

interface State {
  readonly weights: Weights;
  readonly momentum: Weights;
  readonly velocity: Weights;
}

/** Reproducible numbers in [-scale, scale). */
function uniform(shape: readonly number[], scale: number, seed: number): Tensor {
  const count = shape.reduce((product, extent) => product * extent, 1);
  const data = Float32Array.from(
    { length: count },
    (_, index) => (((Math.imul(index + 1, 2654435761) + seed * 40503) >>> 0) / 2 ** 31 - 1) * scale,
  );
  return tensor(data, { shape });
}

function forward(weights: Weights, pixels: Tensor): Tensor {
  let x = pixels.cast("f32").mul(1 / 255);
  for (const { kernel, bias } of weights.slice(0, 3)) {
    x = maxPool(conv(x, kernel).add(bias).relu(), { window: [2, 2] });
  }
  x = x.reshape([batch, -1]);
  for (const [index, { kernel, bias }] of weights.slice(3).entries()) {
    x = x.matMul(kernel).add(bias);
    if (index === 0) x = x.relu();
  }
  return x.reshape([-1]);
}

function loss(weights: Weights, pixels: Tensor, labels: Tensor): Tensor {
  const z = forward(weights, pixels);
  return z.relu().sub(z.mul(labels)).add(z.abs().neg().exp().log1p()).mean();
}

function adam(
  weight: Tensor,
  gradient: Tensor,
  moments: readonly [Tensor, Tensor],
  rate: Tensor,
): readonly [Tensor, Tensor, Tensor] {
  const momentum = moments[0].add(gradient.sub(moments[0]).mul(0.1));
  const velocity = moments[1].add(gradient.square().sub(moments[1]).mul(0.001));
  return [weight.sub(momentum.mul(rate).div(velocity.sqrt().add(1e-7))), momentum, velocity];
}

const queue = new DeviceQueue(createWasmDevice({ threads, profile: profile === 1 }));
const side = Math.floor((Math.floor((Math.floor((size - 2) / 2) - 2) / 2) - 2) / 2);
const shapes = [
  [3, 3, 3, 32],
  [3, 3, 32, 64],
  [3, 3, 64, 128],
  [side * side * 128, 512],
  [512, 1],
];
const scales = [0.2, 0.08, 0.06, 0.012, 0.1];
const make = (scale: (index: number) => number): Weights =>
  shapes.map((shape, index) => ({
    kernel: uniform(shape, scale(index), index + 1),
    bias: tensor(new Float32Array(shape.at(-1) ?? 1)),
  }));

const step = jit(
  (state: State, pixels: Tensor, labels: Tensor, rate: Tensor) => {
    const { value, gradient } = valueAndGrad((weights: Weights) => loss(weights, pixels, labels))(state.weights);
    const updated = state.weights.map((block, index) => {
      const [slope, first, second] = [gradient[index], state.momentum[index], state.velocity[index]];
      if (slope === undefined || first === undefined || second === undefined) throw new Error("a block is missing");
      return {
        kernel: adam(block.kernel, slope.kernel, [first.kernel, second.kernel], rate),
        bias: adam(block.bias, slope.bias, [first.bias, second.bias], rate),
      };
    });
    const part = (which: 0 | 1 | 2): Weights =>
      updated.map(({ kernel, bias }) => ({ kernel: kernel[which], bias: bias[which] }));
    return { state: { weights: part(0), momentum: part(1), velocity: part(2) }, value };
  },
  { donate: [0], device: queue },
);
const predict = jit((weights: Weights, pixels: Tensor) => forward(weights, pixels).sigmoid(), { device: queue });

const pixels = tensor(
  Uint8Array.from({ length: batch * size * size * 3 }, (_, index) => Math.imul(index, 2654435761) >>> 24),
  { shape: [batch, size, size, 3] },
);
const labels = tensor(Float32Array.from({ length: batch }, (_, index) => index % 2));
const rate = tensor(1e-3);
const nothing = (): number => 0;
let state: State = { weights: make((index) => scales[index] ?? 0.1), momentum: make(nothing), velocity: make(nothing) };
for (let index = 0; index < numSteps; index += 1) {
  const started = performance.now();
  const result = step(state, pixels, labels, rate);
  state = result.state;
  const value = await result.value.item();
  const milliseconds = performance.now() - started;
  console.log(
    `step ${index} loss ${value.toFixed(6)} ${milliseconds.toFixed(1)} ms, ${(milliseconds / batch).toFixed(2)} ms an image`,
  );
}
for (let index = 0; index < 5; index += 1) {
  const started = performance.now();
  await predict(state.weights, pixels).data();
  console.log(`predict ${((performance.now() - started) / batch).toFixed(2)} ms an image`);
}
console.log(await step.explain(state, pixels, labels, rate));
console.log(await predict.explain(state.weights, pixels));
await queue.device.close();
