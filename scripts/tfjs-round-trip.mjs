// Published models of TensorFlow.js read here and there, and what sinter writes read by TensorFlow.js: weights bit for bit, outputs within
// 1e-5 of scale. Run: node scripts/fetch-data.mjs face-api esrgan-slim nsfwjs human-models; npm run build; node scripts/tfjs-round-trip.mjs
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { saveTfjs } from "sinter";
import { difference } from "./real-files/outputs.mjs";
import { graphDistance, graphThere, layersDistance, layersThere, picture, weightsOf } from "./real-files/tfjs.mjs";

const data = new URL("../.data/", import.meta.url).pathname;

let isClean = true;
/** Prints a line, and remembers a failure. */
function report(what, isRight, figure) {
  isClean = isClean && isRight;
  console.log(`${isRight ? "ok  " : "FAIL"} ${what} ${figure}`);
}

async function compareWeights(path) {
  const { numTensors, ulps } = await weightsOf(path);
  report(path.slice(data.length), ulps === 0, `${numTensors} weights: ${ulps} floats apart`);
}

async function compareLayers(path, shape) {
  const values = picture(1, shape);
  const expected = await layersThere(path, values, shape);
  const { model, found, distance: read } = await layersDistance(path, shape, values, expected);
  report(path.slice(data.length), read < 1e-5, `read: ${read.toExponential(1)}`);
  const folder = mkdtempSync(join(tmpdir(), "sinter-tfjs-"));
  await saveTfjs(model, folder);
  const written = difference(found, await layersThere(join(folder, "model.json"), values, shape));
  report(path.slice(data.length), written < 1e-5, `written: ${written.toExponential(1)}`);
  rmSync(folder, { recursive: true });
}

/** @param isBytes whether it takes whole numbers from 0 to 255 */
async function compareGraph(path, shape, isBytes = false) {
  const drawn = picture(2, shape);
  const values = isBytes ? Int32Array.from(drawn, (one) => one * 255) : drawn;
  const expected = await graphThere(path, values, shape);
  const most = await graphDistance(path, shape, values, expected);
  report(path.slice(data.length), most < 3e-5, `${expected.size} outputs: ${most.toExponential(1)}`);
}

const filesIn = (folder, ending) =>
  readdirSync(join(data, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(data, folder, name));
for (const path of [...filesIn("face-api", "manifest.json"), ...filesIn("human-models", ".json")])
  await compareWeights(path);
for (const size of ["x2", "x3", "x4"]) await compareLayers(join(data, "esrgan-slim", size, "model.json"), [12, 16, 3]);
await compareLayers(join(data, "nsfwjs", "mobilenet_v2", "model.json"), [224, 224, 3]);
for (const [name, size, channels] of [
  ["liveness", 32, 3],
  ["antispoof", 128, 3],
  ["emotion", 64, 1],
  ["iris", 64, 3],
  ["facemesh", 192, 3],
]) {
  await compareGraph(join(data, "human-models", `${name}.json`), [1, size, size, channels]);
}
// Its loop of TensorFlow 1 and the lists that it fills prepare each picture.
await compareGraph(join(data, "human-models", "handtrack.json"), [1, 320, 320, 3], true);
await compareGraph(join(data, "nsfwjs", "mobilenet_v2_mid", "model.json"), [1, 224, 224, 3]);
process.exit(isClean ? 0 : 1);
