// Draws digits out of noise: a network learns to find the noise in pictures (DDPM, Ho et al. 2020), with attention and the cosine
// schedule; the pictures are made by DDIM's steps (Song et al. 2021).
//
//   node --import sinter/loader examples/pictures/diffusion.ts [--data .data/mnist] [--minutes 5] [--size 16] [--out runs/digits.png]
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closeDevice, ddpmUnet, diffusion, imageFolder, optimizers, tensor } from "sinter";
import { drawSheet } from "./draw-sheet.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: ".data/mnist" },
    minutes: { type: "string", default: "5" },
    steps: { type: "string", default: "0" },
    size: { type: "string", default: "16" },
    filters: { type: "string", default: "16" },
    out: { type: "string", default: "runs/digits.png" },
  },
});
const [imageSize, batchSize] = [Number(values.size), 32];

const network = ddpmUnet({
  inputShape: [imageSize, imageSize, 1],
  filters: Number(values.filters),
  multipliers: [1, 2],
  numBlocks: 1,
  attention: [imageSize / 2],
  groups: 8,
  seed: 1,
});
const optimizer = optimizers.adam({ learningRate: 2e-3, globalClipnorm: 1 });
const model = diffusion({ network, schedule: "cosine", optimizer, seed: 5 });
const digits = await imageFolder(join(values.data, "train"), {
  imageSize: [imageSize, imageSize],
  colorMode: "grayscale",
  labelMode: "none",
  batchSize,
  shuffle: true,
  seed: 3,
});
const [numSteps, end] = [
  Number(values.steps) || Number.POSITIVE_INFINITY,
  performance.now() + Number(values.minutes) * 60_000,
];
let number = 0;
for (let epoch = 0; number < numSteps && performance.now() < end; epoch += 1) {
  for await (const { x } of digits.batches(epoch)) {
    if (x.shape[0] !== batchSize || number >= numSteps || performance.now() >= end) continue;
    const loss = model.step(
      tensor(
        Float32Array.from(x.data, (byte) => byte / 127.5 - 1),
        { shape: x.shape },
      ),
    );
    number += 1;
    if (number % 20 === 0) console.log(`step ${number}: loss ${(await loss.item()).toFixed(4)}`);
  }
}
model.finish();
const drawn = await model.sample({ count: 32, method: "ddim" });
await drawSheet(await drawn.data(), imageSize, values.out);
console.log(`32 digits in ${values.out}`);
await closeDevice();
