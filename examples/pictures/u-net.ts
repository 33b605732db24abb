// Finds each pixel's shape in drawn pictures with a small U-Net (Ronneberger et al. 2015).
//
//   node --import sinter/loader examples/pictures/u-net.ts [--pictures 400] [--epochs 30] [--seed 0]
import { parseArgs } from "node:util";
import { closeDevice, layers, model, optimizers, tensor, type SymbolicTensor } from "sinter";

const { values } = parseArgs({
  options: {
    pictures: { type: "string", default: "400" },
    epochs: { type: "string", default: "30" },
    seed: { type: "string", default: "0" },
  },
});
const size = 48;
const classNames = ["nothing", "disc", "square", "triangle"];

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function isInside(shape: number, x: number, y: number): boolean {
  if (shape === 1) return x * x + y * y <= 1;
  if (shape === 2) return Math.max(Math.abs(x), Math.abs(y)) <= 0.85;
  return y <= 0.8 && y >= 2 * Math.abs(x) - 0.9;
}

/** Pictures of two or three shapes on noise, [count, size, size, 3], and each pixel's class. */
function draw(count: number, seed: number) {
  const next = randomNumbers(seed);
  const pixels = new Float32Array(count * size * size * 3);
  const classes = new Int32Array(count * size * size);
  for (let picture = 0; picture < count; picture += 1) {
    const shapes = Array.from({ length: 2 + Math.floor(next() * 2) }, () => ({
      shape: 1 + Math.floor(next() * 3),
      x: size * (0.15 + 0.7 * next()),
      y: size * (0.15 + 0.7 * next()),
      radius: size * (0.1 + 0.12 * next()),
      color: [next(), next(), next()],
    }));
    for (let pixel = 0; pixel < size * size; pixel += 1) {
      const [x, y] = [pixel % size, Math.floor(pixel / size)];
      const found = shapes.findLast((one) => isInside(one.shape, (x - one.x) / one.radius, (y - one.y) / one.radius));
      const place = picture * size * size + pixel;
      classes[place] = found?.shape ?? 0;
      for (let channel = 0; channel < 3; channel += 1) {
        pixels[place * 3 + channel] = (found?.color[channel] ?? 0.5) * 0.8 + 0.3 * (next() - 0.5);
      }
    }
  }
  return { x: tensor(pixels, { shape: [count, size, size, 3] }), y: tensor(classes, { shape: [count, size, size] }) };
}

function twice(x: SymbolicTensor, filters: number): SymbolicTensor {
  const conv = () => layers.conv2d({ filters, kernelSize: 3, padding: "same", activation: "relu" });
  return layers.batchNormalization({ momentum: 0.9 }).apply(conv().apply(conv().apply(x)));
}

function unet() {
  const x = layers.input({ shape: [size, size, 3] });
  const fine = twice(x, 16); // [48, 48, 16]
  const middle = twice(layers.maxPooling2d().apply(fine), 32); // [24, 24, 32]
  const coarse = twice(layers.maxPooling2d().apply(middle), 64); // [12, 12, 64]
  const up = (from: SymbolicTensor, beside: SymbolicTensor, filters: number) => {
    const grown = layers.conv2dTranspose({ filters, kernelSize: 2, strides: 2 }).apply(from);
    return twice(layers.concatenate().apply([grown, beside]), filters);
  };
  const y = up(up(coarse, middle, 32), fine, 16);
  const head = layers.conv2d({ filters: classNames.length, kernelSize: 1, activation: "softmax" });
  return model({ inputs: x, outputs: head.apply(y), seed: Number(values.seed) });
}

/** Of each class: pixels that are both given and true, divided by those that are either. */
function overlaps(given: ArrayLike<number>, truth: ArrayLike<number>): number[] {
  return classNames.map((_, label) => {
    let [both, either] = [0, 0];
    for (let pixel = 0; pixel < truth.length; pixel += 1) {
      const [isGiven, isTrue] = [given[pixel] === label, truth[pixel] === label];
      if (isGiven && isTrue) both += 1;
      if (isGiven || isTrue) either += 1;
    }
    return either === 0 ? 1 : both / either;
  });
}

const [train, test] = [draw(Number(values.pictures), 1 + Number(values.seed)), draw(100, 1_000_000)];
const net = unet();
net.compile({
  optimizer: optimizers.adam({ learningRate: 3e-3 }),
  loss: "sparseCategoricalCrossentropy",
  metrics: ["accuracy"],
});
await net.fit(train.x, train.y, { epochs: Number(values.epochs), batchSize: 16, verbose: 0 });
const answers = await (await net.predict(test.x, { verbose: 0 })).argMax(-1).data();
const found = overlaps(answers, await test.y.data());
classNames.forEach((name, label) => console.log(`${name}: IoU ${found[label]?.toFixed(3)}`));
console.log(`mean IoU ${(found.reduce((sum, one) => sum + one, 0) / found.length).toFixed(3)}`);
await closeDevice();
