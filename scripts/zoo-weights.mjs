// Files of Keras's weights in the networks of the zoo: the answers must be Keras's to 1e-5 of the largest.
// Run: node scripts/peers.mjs; npm run build; node scripts/zoo-weights.mjs
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { closeDevice, tensor, useDevice } from "sinter/engine";
import * as zoo from "sinter/zoo";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "sinter-zoo-weights-"));
const bound = 1e-5;
const makers = new Map(Object.entries(zoo));

/** How far the answer with the weights of a file is from Keras's. */
async function distanceOf(name, ending, { x, size, y }) {
  const net = makers.get(name)({ inputShape: [size, size, 3], classes: 7, classifierActivation: "linear" });
  await net.loadWeights(join(folder, `${name}.${ending}`));
  const picture = tensor(Float32Array.from(x), { shape: [1, size, size, 3] });
  const answer = await (await net.predict(picture, { verbose: 0 })).data();
  const differences = y.map((value, index) => Math.abs(value - (answer[index] ?? Number.NaN)));
  return Math.max(...differences) / Math.max(...y.map(Math.abs));
}

try {
  const python = join(root, ".peers/python/bin/python");
  execFileSync(python, [join(root, "scripts/zoo-weights.py"), folder], { stdio: "ignore" });
  const { keras, models } = JSON.parse(readFileSync(join(folder, "answers.json"), "utf8"));
  console.log(`Keras ${keras}`);
  await useDevice("auto", { winograd: false });
  const files = Object.entries(models).flatMap(([name, one]) =>
    ["weights.h5", "h5"].map((ending) => [name, ending, one]),
  );
  for (const [name, ending, one] of files) {
    const distance = await distanceOf(name, ending, one);
    if (!(distance <= bound)) process.exitCode = 1;
    console.log(`${name}.${ending}: ${distance.toExponential(1)}${distance <= bound ? "" : " TOO FAR"}`);
  }
  await closeDevice();
} finally {
  rmSync(folder, { recursive: true });
}
