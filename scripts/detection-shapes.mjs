// An SSD that learns circles, squares and triangles on drawn pictures, from files in COCO's form: average precision on pictures
// it has not seen, and the same from pycocotools on the results as written. Prints a row a seed.
// Run: npm run build; node scripts/detection-shapes.mjs [SEED …]     (seeds 1, 2, 3 when left out; needs scripts/peers.mjs)
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodePng, objectDetectionFolder, optimizers, schedules, ssd, writeCocoResults } from "sinter";
import { closeDevice } from "sinter/engine";

const python = fileURLToPath(new URL("../.peers/python/bin/python", import.meta.url));
const size = 96;
const classNames = ["circle", "square", "triangle"];

/** Numbers in [0, 1) of a seed. @source mulberry32 */
function stream(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whether a point, 0 to 1 across the box both ways, is inside. */
const inside = [(x, y) => (x - 0.5) ** 2 + (y - 0.5) ** 2 <= 0.25, () => true, (x, y) => Math.abs(x - 0.5) <= y / 2];

const overlap = ([ax, ay, aw, ah], [bx, by, bw, bh]) =>
  Math.max(0, Math.min(ax + aw, bx + bw) - Math.max(ax, bx)) *
  Math.max(0, Math.min(ay + ah, by + bh) - Math.max(ay, by));

/** One to four shapes of any colour on a noisy ground; they hide at most a sixth of each other. */
function draw(next) {
  const ground = [0, 1, 2].map(() => 60 + 140 * next());
  const data = Uint8Array.from({ length: size * size * 3 }, (_, at) => ground[at % 3] + 40 * (next() - 0.5));
  const objects = [];
  const wanted = 1 + Math.floor(4 * next());
  for (let tried = 0; tried < 40 && objects.length < wanted; tried += 1) {
    const extent = 14 + Math.floor(30 * next());
    const [label, x, y] = [
      Math.floor(3 * next()),
      Math.floor((size - extent) * next()),
      Math.floor((size - extent) * next()),
    ];
    const box = [x, y, extent, extent];
    if (objects.some((one) => overlap(one.box, box) > Math.min(extent, one.box[2]) ** 2 / 6)) continue;
    const colour = ground.map((level) => (level + 70 + 115 * next()) % 256);
    for (let pixel = 0; pixel < extent ** 2; pixel += 1) {
      const [row, column] = [Math.floor(pixel / extent), pixel % extent];
      if (!inside[label]((column + 0.5) / extent, (row + 0.5) / extent)) continue;
      colour.forEach((level, channel) => (data[((y + row) * size + x + column) * 3 + channel] = level));
    }
    objects.push({ box, label });
  }
  return { data, objects };
}

/** Pictures and annotations in COCO's form. */
async function drawFolder(folder, count, seed) {
  mkdirSync(join(folder, "images"), { recursive: true });
  const next = stream(seed);
  const [images, annotations] = [[], []];
  for (let id = 1; id <= count; id += 1) {
    const { data, objects } = draw(next);
    const name = `${String(id).padStart(5, "0")}.png`;
    writeFileSync(join(folder, "images", name), await encodePng({ width: size, height: size, channels: 3, data }));
    images.push({ id, file_name: name, width: size, height: size });
    for (const { box, label } of objects) {
      const common = { id: annotations.length + 1, image_id: id, category_id: label + 1, iscrowd: 0 };
      annotations.push({ ...common, bbox: box, area: box[2] * box[3] });
    }
  }
  const categories = classNames.map((name, label) => ({ id: label + 1, name }));
  writeFileSync(join(folder, "annotations.json"), JSON.stringify({ images, annotations, categories }));
}

const program = `
import contextlib, io, json, sys
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO(sys.argv[1])
    run = COCOeval(truth, truth.loadRes(sys.argv[2]), "bbox")
    run.evaluate(), run.accumulate(), run.summarize()
print(json.dumps([float(one) for one in run.stats]))
`;

const epochs = 30;
const numTraining = 3200;
const batchSize = 16;

/** Trains and measures; the largest difference from pycocotools is of the twelve numbers. */
async function trial(seed) {
  const folder = mkdtempSync(join(tmpdir(), "sinter-shapes-"));
  try {
    const [learnt, unseen] = [join(folder, "train"), join(folder, "test")];
    await drawFolder(learnt, numTraining, 2 * seed);
    await drawFolder(unseen, 300, 2 * seed + 1);
    const options = { imageSize: [size, size], batchSize, seed };
    const train = await objectDetectionFolder(learnt, { ...options, augment: { horizontalFlip: true } });
    const test = await objectDetectionFolder(unseen, options);
    const scales = [0.17, 0.27, 0.4, 0.55, 0.8];
    const detector = ssd({ classes: 3, inputShape: [size, size, 3], scales, aspectRatios: [[2], [2], [2], [2]], seed });
    const begin = performance.now();
    const steps = epochs * Math.ceil(numTraining / batchSize);
    const learningRate = schedules.oneCycle({ maxLearningRate: 4e-3, totalSteps: steps });
    await detector.fit(train, {
      epochs,
      optimizer: optimizers.adam({ learningRate }),
      verbose: 0,
    });
    const seconds = (performance.now() - begin) / 1000;
    const found = await detector.predict(test);
    const { perClass, ...own } = await detector.evaluate(test);
    const results = join(folder, "results.json");
    await writeCocoResults(results, found, test.targets.annotations);
    const peer = JSON.parse(
      execFileSync(python, ["-c", program, join(unseen, "annotations.json"), results]).toString(),
    );
    const stats = [
      "ap",
      "ap50",
      "ap75",
      "apSmall",
      "apMedium",
      "apLarge",
      "ar1",
      "ar10",
      "ar100",
      "arSmall",
      "arMedium",
      "arLarge",
    ];
    const values = stats.map((name) => (Number.isNaN(own[name]) ? -1 : own[name]));
    const difference = Math.max(...values.map((value, place) => Math.abs(value - peer[place])));
    return { seconds, ...own, perClass, difference };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const seeds = process.argv.slice(2).map(Number);
console.log("| seed | AP | AP50 | AP75 | of circles, squares, triangles | pycocotools differs by | training |");
console.log("|---|---|---|---|---|---|---|");
for (const seed of seeds.length === 0 ? [1, 2, 3] : seeds) {
  const { ap, ap50, ap75, perClass, difference, seconds } = await trial(seed);
  const parts = perClass.map((one) => one.ap.toFixed(3)).join(", ");
  const isRight = ap >= 0.9 && difference <= 1e-6;
  if (!isRight) process.exitCode = 1;
  console.log(
    `| ${seed} | ${ap.toFixed(3)} | ${ap50.toFixed(3)} | ${ap75.toFixed(3)} | ${parts} | ${difference.toExponential(1)} | ` +
      `${seconds.toFixed(0)} s | ${isRight ? "ok" : "FAIL"} |`,
  );
}
await closeDevice();
