// Files of Keras's weights and of torchvision's in the networks of the zoo: the answers must be theirs to 1e-5 of the largest.
// Run: node scripts/peers.mjs; npm run build; node scripts/zoo-weights.mjs [keras | torch] [NAME …]
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
const [library, ...names] = process.argv.slice(2);
const makers = new Map(Object.entries(zoo));

/** How far the answer with the weights of a file is from the original's. */
async function distanceOf(name, ending, { x, size, y }) {
  const net = makers.get(name)({ inputShape: [size, size, 3], classes: 7, classifierActivation: "linear" });
  const file = join(folder, `${name}.${ending}`);
  await (ending.endsWith("h5") ? net.loadWeights(file) : zoo.loadTorchWeights(net, file));
  const picture = tensor(Float32Array.from(x), { shape: [1, size, size, 3] });
  const answer = await (await net.predict(picture, { verbose: 0 })).data();
  const differences = y.map((value, index) => Math.abs(value - (answer[index] ?? Number.NaN)));
  return Math.max(...differences) / Math.max(...y.map(Math.abs));
}

/** Has a script in Python write files and answers, and compares. */
async function compare(script, answers, endings) {
  const python = join(root, ".peers/python/bin/python");
  execFileSync(python, [join(root, "scripts", script), folder, ...names], { stdio: ["ignore", "ignore", "inherit"] });
  const { models, ...version } = JSON.parse(readFileSync(join(folder, answers), "utf8"));
  console.log(Object.entries(version).flat().join(" "));
  for (const [name, one] of Object.entries(models)) {
    for (const ending of endings) {
      const distance = await distanceOf(name, ending, one);
      if (!(distance <= bound)) process.exitCode = 1;
      console.log(`${name}.${ending}: ${distance.toExponential(1)}${distance <= bound ? "" : " TOO FAR"}`);
    }
  }
}

try {
  await useDevice("auto", { winograd: false });
  if (library !== "torch") await compare("zoo-weights.py", "answers.json", ["weights.h5", "h5"]);
  if (library !== "keras") await compare("zoo-weights-torch.py", "torch-answers.json", ["pth", "safetensors"]);
  await closeDevice();
} finally {
  rmSync(folder, { recursive: true });
}
