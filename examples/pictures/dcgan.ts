// Draws digits: a generator and a critic against each other (DCGAN, Radford et al. 2016), in one compiled step.
//
//   node --import sinter/loader examples/pictures/dcgan.ts [--data .data/mnist] [--epochs 10] [--out runs/digits.png]
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import {
  closeDevice,
  imageFolder,
  jit,
  layers,
  losses,
  lossValue,
  networkFunction,
  optimizers,
  random,
  sequential,
  tensor,
  valueAndGrad,
  type Tensor,
  type Weights,
} from "sinter";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: ".data/mnist" },
    epochs: { type: "string", default: "10" },
    steps: { type: "string", default: "0" },
    out: { type: "string", default: "runs/digits.png" },
  },
});
const [noiseSize, batchSize] = [64, 64];

const upscaled = (filters: number) => [
  layers.conv2dTranspose({ filters, kernelSize: 4, strides: 2, padding: "same", useBias: false }),
  layers.batchNormalization(),
  layers.activation({ activation: "relu" }),
];
const generator = sequential(
  [
    layers.dense({ units: 7 * 7 * 64, useBias: false, inputShape: [noiseSize] }),
    layers.batchNormalization(),
    layers.activation({ activation: "relu" }),
    layers.reshape({ targetShape: [7, 7, 64] }),
    ...upscaled(32), // [14, 14, 32]
    layers.conv2dTranspose({ filters: 1, kernelSize: 4, strides: 2, padding: "same", activation: "tanh" }), // [28, 28, 1]
  ],
  { seed: 1 },
);
const leaky = { kind: "leakyRelu", negativeSlope: 0.2 } as const;
const critic = sequential(
  [
    layers.conv2d({
      filters: 32,
      kernelSize: 4,
      strides: 2,
      padding: "same",
      activation: leaky,
      inputShape: [28, 28, 1],
    }),
    layers.conv2d({ filters: 64, kernelSize: 4, strides: 2, padding: "same", activation: leaky }),
    layers.dropout({ rate: 0.3 }),
    layers.flatten(),
    layers.dense({ units: 1 }),
  ],
  { seed: 2 },
);
const [make, judge] = [networkFunction(generator), networkFunction(critic)];
const optimizer = optimizers.adam({ beta1: 0.5 });
const crossentropy = losses.binaryCrossentropy({ fromLogits: true });
const begin = ({ weights, frozen }: { weights: Weights; frozen: Weights }) => ({
  weights,
  frozen,
  state: optimizer.initialState(weights),
});
type Player = ReturnType<typeof begin>;

interface Scalars {
  readonly key: Tensor;
  readonly number: Tensor;
  readonly rate: Tensor;
}

const step = jit(
  (players: { made: Player; judged: Player }, real: Tensor, { key, number, rate }: Scalars) => {
    const { made, judged } = players;
    const noise = random.normal(random.fold(key, 0), [batchSize, noiseSize]);
    const draw = (own: Weights) => make.apply({ ...own, ...made.frozen }, noise, { training: true });
    const verdict = (own: Weights, x: Tensor, label: number, part: number): Tensor => {
      const { output } = judge.apply({ ...own, ...judged.frozen }, x, { training: true, key: random.fold(key, part) });
      return lossValue(crossentropy, output.mul(0).add(label), { output });
    };
    const fake = draw(made.weights);
    const critical = valueAndGrad((own: Weights) => verdict(own, real, 0.9, 1).add(verdict(own, fake.output, 0, 2)))(
      judged.weights,
    );
    const fooled = valueAndGrad((own: Weights) => verdict(judged.weights, draw(own).output, 1, 3))(made.weights);
    const next = (player: Player, gradient: Weights, frozen: Weights): Player => ({
      frozen,
      ...optimizer.update(player.weights, gradient, player.state, rate, number),
    });
    return {
      players: {
        made: next(made, fooled.gradient, { ...made.frozen, ...fake.state }),
        judged: next(judged, critical.gradient, judged.frozen),
      },
      losses: { generator: fooled.value, critic: critical.value },
    };
  },
  { donate: [0] },
);

const digits = await imageFolder(join(values.data, "train"), {
  imageSize: [28, 28],
  colorMode: "grayscale",
  labelMode: "none",
  batchSize,
  shuffle: true,
  seed: 3,
});
let players = { made: begin(make), judged: begin(judge) };
const rate = tensor(Float32Array.of(2e-4), { shape: [] });
let number = 0;
const numSteps = Number(values.steps) || Number.POSITIVE_INFINITY;
for (let epoch = 0; epoch < Number(values.epochs) && number < numSteps; epoch += 1) {
  for await (const { x } of digits.batches(epoch)) {
    if (x.shape[0] !== batchSize || number >= numSteps) continue;
    const pixels = Float32Array.from(x.data, (byte) => byte / 127.5 - 1);
    const scalars = {
      key: random.fold(random.key(5), number),
      number: tensor(Int32Array.of(number), { shape: [] }),
      rate,
    };
    const result = step(players, tensor(pixels, { shape: [batchSize, 28, 28, 1] }), scalars);
    players = result.players;
    number += 1;
    if (number % 50 === 0) {
      const [own, other] = [await result.losses.generator.item(), await result.losses.critic.item()];
      console.log(`step ${number}: generator ${own.toFixed(3)}, critic ${other.toFixed(3)}`);
    }
  }
}
generator.setWeights({ ...players.made.weights, ...players.made.frozen });
const drawn = await (await generator.predictOnBatch(random.normal(random.key(9), [64, noiseSize]))).data();
const sheet = new Uint8Array(8 * 28 * 8 * 28);
drawn.forEach((value: number, index: number) => {
  const [picture, y, x] = [Math.floor(index / 784), Math.floor((index % 784) / 28), index % 28];
  const place = (Math.floor(picture / 8) * 28 + y) * 224 + (picture % 8) * 28 + x;
  sheet[place] = Math.round((value + 1) * 127.5);
});
await sharp(sheet, { raw: { width: 224, height: 224, channels: 1 } })
  .png()
  .toFile(values.out);
console.log(`64 digits in ${values.out}`);
await closeDevice();
