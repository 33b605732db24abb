// Draws digits: a generator and a discriminator against each other (DCGAN, Radford et al. 2016).
//
//   node --import sinter/loader examples/pictures/dcgan.ts [--data .data/mnist] [--epochs 10] [--out runs/digits.png]
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closeDevice, dcganDiscriminator, dcganGenerator, ganTraining, imageFolder, random, tensor } from "sinter";
import { drawSheet } from "./draw-sheet.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: ".data/mnist" },
    epochs: { type: "string", default: "10" },
    steps: { type: "string", default: "0" },
    out: { type: "string", default: "runs/digits.png" },
  },
});
const [imageSize, latentSize, batchSize] = [32, 64, 64];

const pictures = { imageSize, channels: 1, filters: 16 };
const generator = dcganGenerator({ ...pictures, latentSize, seed: 1 });
const discriminator = dcganDiscriminator({ ...pictures, seed: 2 });
const training = ganTraining({ generator, discriminator, seed: 5 });

const digits = await imageFolder(join(values.data, "train"), {
  imageSize: [imageSize, imageSize],
  colorMode: "grayscale",
  labelMode: "none",
  batchSize,
  shuffle: true,
  seed: 3,
});
const numSteps = Number(values.steps) || Number.POSITIVE_INFINITY;
let number = 0;
for (let epoch = 0; epoch < Number(values.epochs) && number < numSteps; epoch += 1) {
  for await (const { x } of digits.batches(epoch)) {
    if (x.shape[0] !== batchSize || number >= numSteps) continue;
    const losses = training.step(
      tensor(
        Float32Array.from(x.data, (byte) => byte / 127.5 - 1),
        { shape: x.shape },
      ),
    );
    number += 1;
    if (number % 50 === 0) {
      const [own, other] = [await losses.generator?.item(), await losses.discriminator.item()];
      console.log(`step ${number}: generator ${own?.toFixed(3)}, discriminator ${other.toFixed(3)}`);
    }
  }
}
training.finish();
const drawn = await generator.predictOnBatch(random.normal(random.key(9), [64, latentSize]));
await drawSheet(await drawn.data(), imageSize, values.out);
console.log(`64 digits in ${values.out}`);
await closeDevice();
