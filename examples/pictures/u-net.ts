// Finds each pixel's shape in drawn pictures with a small U-Net (Ronneberger et al. 2015).
//
//   node --import sinter/loader examples/pictures/u-net.ts [--pictures 500] [--epochs 15] [--seed 0] [--out FOLDER]
//
// FOLDER gets shapes.png (pictures above what is true and what was found) and masks.bin (a byte for each pixel of the held-out
// pictures: what was found, then what is true).
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { closeDevice, metrics, optimizers, schedules, tensor, unet } from "sinter";

const { values } = parseArgs({
  options: {
    pictures: { type: "string", default: "500" },
    epochs: { type: "string", default: "15" },
    seed: { type: "string", default: "0" },
    out: { type: "string" },
  },
});
const [size, numTests, batchSize] = [48, 100, 10];
const [numPictures, epochs, seed] = [Number(values.pictures), Number(values.epochs), Number(values.seed)];
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

/** Far enough from the grey of the ground. */
function colour(next: () => number): number[] {
  const channels = [next(), next(), next()];
  return Math.max(...channels.map((channel) => Math.abs(channel - 0.5))) > 0.3 ? channels : colour(next);
}

interface Shape {
  readonly shape: number;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly colour: readonly number[];
}

/** One to four shapes of which none is cut off or covered. */
function shapesOf(next: () => number): Shape[] {
  const shapes: Shape[] = [];
  for (let tried = 0; tried < 4; tried += 1) {
    const radius = size * (0.12 + 0.1 * next());
    const [x, y] = [radius + next() * (size - 2 * radius), radius + next() * (size - 2 * radius)];
    const isFree = shapes.every((one) => Math.hypot(one.x - x, one.y - y) > 1.2 * (one.radius + radius));
    const shape = { shape: 1 + Math.floor(next() * 3), x, y, radius, colour: colour(next) };
    if (isFree) shapes.push(shape);
  }
  return shapes;
}

/** Pictures of shapes on noise, [count, size, size, 3], and each pixel's class. */
function draw(count: number, seed: number) {
  const next = randomNumbers(seed);
  const pixels = new Float32Array(count * size * size * 3);
  const classes = new Int32Array(count * size * size);
  for (let picture = 0; picture < count; picture += 1) {
    const shapes = shapesOf(next);
    for (let pixel = 0; pixel < size * size; pixel += 1) {
      const [x, y] = [pixel % size, Math.floor(pixel / size)];
      const found = shapes.find((one) => isInside(one.shape, (x - one.x) / one.radius, (y - one.y) / one.radius));
      const place = picture * size * size + pixel;
      classes[place] = found?.shape ?? 0;
      for (let channel = 0; channel < 3; channel += 1) {
        pixels[place * 3 + channel] = (found?.colour[channel] ?? 0.5) * 0.8 + 0.3 * (next() - 0.5);
      }
    }
  }
  return { pixels, classes };
}

/** Twelve pictures in a row; below them the shapes that are there, and those that were found. */
async function drawSheet(path: string, pixels: Float32Array, rows: readonly ArrayLike<number>[]): Promise<void> {
  const width = 12 * size;
  const sheet = Buffer.alloc(width * 3 * size * 3);
  const shown = [
    [60, 60, 60],
    [230, 80, 60],
    [80, 190, 90],
    [80, 120, 230],
  ]; // by class
  for (let pixel = 0; pixel < width * size; pixel += 1) {
    const [picture, y, x] = [Math.floor(pixel / size ** 2), Math.floor(pixel / size) % size, pixel % size];
    for (let channel = 0; channel < 3; channel += 1) {
      const place = (y * width + picture * size + x) * 3 + channel;
      sheet[place] = Math.round(255 * Math.min(1, Math.max(0, pixels[pixel * 3 + channel] ?? 0)));
      rows.forEach((classes, row) => {
        sheet[place + (row + 1) * width * size * 3] = shown[classes[pixel] ?? 0]?.[channel] ?? 0;
      });
    }
  }
  await sharp(sheet, { raw: { width, height: 3 * size, channels: 3 } })
    .png()
    .toFile(path);
}

const [train, test] = [draw(numPictures, 1 + seed), draw(numTests, 1_000_000 + seed)];
const pictures = ({ pixels }: ReturnType<typeof draw>) =>
  tensor(pixels, { shape: [pixels.length / size ** 2 / 3, size, size, 3] });
const labels = ({ classes }: ReturnType<typeof draw>) =>
  tensor(classes, { shape: [classes.length / size ** 2, size, size] });

const net = unet({
  inputShape: [size, size, 3],
  classes: classNames.length,
  depth: 3,
  filters: 16,
  batchNormalization: true,
  seed,
});
const decaySteps = epochs * Math.ceil(numPictures / batchSize);
net.compile({
  optimizer: optimizers.adam({ learningRate: schedules.cosineDecay({ initialLearningRate: 4e-3, decaySteps }) }),
  loss: "sparseCategoricalCrossentropy",
  metrics: [metrics.meanIoU({ numClasses: classNames.length, sparseYPred: false })],
});
await net.fit(pictures(train), labels(train), { epochs, batchSize, verbose: 0 });
const scores = await net.evaluate(pictures(test), labels(test), { verbose: 0 });
const found = Array.from(await (await net.predict(pictures(test), { verbose: 0 })).argMax(-1).data());
for (const [label, name] of classNames.entries()) {
  const both = found.filter((one, pixel) => one === label && test.classes[pixel] === label).length;
  const either = found.filter((one, pixel) => one === label || test.classes[pixel] === label).length;
  console.log(`${name}: IoU ${(both / either).toFixed(3)}`);
}
console.log(`mean IoU ${scores["meanIoU"]?.toFixed(7)}`);
if (values.out !== undefined) {
  await writeFile(join(values.out, "masks.bin"), Uint8Array.from([...found, ...test.classes]));
  await drawSheet(join(values.out, "shapes.png"), test.pixels, [test.classes, found]);
}
await closeDevice();
