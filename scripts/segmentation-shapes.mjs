// Trains the U-Net of examples/pictures/u-net.ts on drawn shapes from several seeds, and holds its mean IoU on held-out pictures
// to 0.95 and to what pycocotools computes of the same masks.
// Run: npm run build; node scripts/segmentation-shapes.mjs [--seeds 0,1,2] [--epochs 15] [--out FOLDER]
// Needs scripts/peers.mjs. FOLDER keeps each seed's masks and a picture of twelve results.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "0,1,2" },
    epochs: { type: "string", default: "15" },
    out: { type: "string" },
  },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const python = join(root, ".peers/python/bin/python");
const [numClasses, size] = [4, 48];

/** The IoU of each class: all pictures, one below the other, are one mask. */
const program = `
import json, sys
import numpy as np
from pycocotools import mask

found, true = np.fromfile(sys.argv[1], np.uint8).reshape(2, -1, ${size})
encoded = lambda classes, label: mask.encode(np.asfortranarray((classes == label).astype(np.uint8)))
print(json.dumps([float(mask.iou([encoded(found, k)], [encoded(true, k)], [0])[0, 0]) for k in range(${numClasses})]))
`;

const out = values.out ?? mkdtempSync(join(tmpdir(), "sinter-shapes-"));
let isRight = true;
console.log("| seed | mean IoU | by pycocotools | difference | seconds | |\n|---|---|---|---|---|---|");
for (const seed of values.seeds.split(",")) {
  const folder = join(out, `seed-${seed}`);
  mkdirSync(folder, { recursive: true });
  const begun = performance.now();
  const example = ["--import", "sinter/loader", "examples/pictures/u-net.ts", "--epochs", values.epochs];
  const text = execFileSync(process.execPath, [...example, "--seed", seed, "--out", folder], { cwd: root }).toString();
  const seconds = (performance.now() - begun) / 1000;
  const own = Number(/mean IoU ([\d.]+)/.exec(text)?.[1]);
  const theirs = JSON.parse(execFileSync(python, ["-c", program, join(folder, "masks.bin")]).toString());
  const mean = theirs.reduce((sum, one) => sum + one, 0) / numClasses;
  const difference = Math.abs(own - mean);
  const isGood = own >= 0.95 && difference <= 1e-6 && seconds <= 600;
  isRight &&= isGood;
  const cells = [seed, own.toFixed(4), mean.toFixed(4), difference.toExponential(1), seconds.toFixed(0)];
  console.log(`| ${[...cells, isGood ? "ok" : "FAIL"].join(" | ")} |`);
}
if (values.out !== undefined) console.log(`Masks and pictures are in ${out}.`);
process.exitCode = isRight ? 0 : 1;
