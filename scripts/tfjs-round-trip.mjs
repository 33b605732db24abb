// Published models of TensorFlow.js read here and there, and what sinter writes read by TensorFlow.js: weights bit for bit, outputs within
// 1e-5 of scale. Run: node scripts/fetch-data.mjs face-api esrgan-slim nsfwjs human-models; npm run build; node scripts/tfjs-round-trip.mjs
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadModel, saveTfjs, tensor } from "sinter";
import { loadTfjsGraph, loadTfjsWeights } from "sinter/formats";
import { numbers, tf } from "./golden/tfjs-common.mjs";

const data = new URL("../.data/", import.meta.url).pathname;
const jsonOf = (path) => JSON.parse(readFileSync(path, "utf8"));
const groupsOf = (path) => [jsonOf(path)].flatMap((json) => json.weightsManifest ?? json);
const bytesOf = (path, paths) =>
  Uint8Array.from(Buffer.concat(paths.map((name) => readFileSync(join(dirname(path), name))))).buffer;

/** What TensorFlow.js loads a model from. */
const handler = (path) => ({
  load: async () => ({
    ...jsonOf(path),
    weightSpecs: groupsOf(path).flatMap(({ weights }) => weights),
    weightData: bytesOf(
      path,
      groupsOf(path).flatMap(({ paths }) => paths),
    ),
  }),
});

let isClean = true;
/** Prints a line, and remembers a failure. */
function report(what, isRight, figure) {
  isClean = isClean && isRight;
  console.log(`${isRight ? "ok  " : "FAIL"} ${what} ${figure}`);
}

/** The greatest distance, relative to the scale. */
function distance(came, expected) {
  const scale = Math.sqrt(expected.reduce((sum, value) => sum + value * value, 0) / expected.length) || 1;
  return expected.reduce((most, value, place) => Math.max(most, Math.abs(value - came[place])), 0) / scale;
}

async function compareWeights(path) {
  const { tensors } = await loadTfjsWeights(path);
  let count = 0;
  for (const { paths, weights } of groupsOf(path)) {
    for (const [name, expected] of Object.entries(tf.io.decodeWeights(bytesOf(path, paths), weights))) {
      const [came, values] = [tensors.get(name), expected.dataSync()];
      const held = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      if (came !== undefined && Buffer.compare(Buffer.from(came.data.buffer), held) === 0) count += 1;
    }
  }
  report(path.slice(data.length), count === tensors.size, `${count} of ${tensors.size} weights equal`);
}

async function compareLayers(path, shape) {
  const values = Float32Array.from(
    numbers(
      1,
      shape.reduce((product, extent) => product * extent, 1),
    ),
    (one) => (one + 1) / 2,
  );
  const model = await loadModel(path, { inputShape: shape, compile: false });
  const came = await (await model.predict(tensor(values, { shape: [1, ...shape] }))).data();
  const there = async (from) =>
    (await tf.loadLayersModel(handler(from))).predict(tf.tensor(values, [1, ...shape])).dataSync();
  const read = distance(came, await there(path));
  report(path.slice(data.length), read < 1e-5, `read: ${read.toExponential(1)}`);
  const folder = mkdtempSync(join(tmpdir(), "sinter-tfjs-"));
  await saveTfjs(model, folder);
  const written = distance(came, await there(join(folder, "model.json")));
  report(path.slice(data.length), written < 1e-5, `written: ${written.toExponential(1)}`);
  rmSync(folder, { recursive: true });
}

/** @param isBytes whether it takes whole numbers from 0 to 255 */
async function compareGraph(path, shape, isBytes = false) {
  const drawn = numbers(
    2,
    shape.reduce((product, extent) => product * extent, 1),
  ).map((one) => (one + 1) / 2);
  const values = isBytes ? Int32Array.from(drawn, (one) => one * 255) : Float32Array.from(drawn);
  const graph = await loadTfjsGraph(path);
  const there = await tf.loadGraphModel(handler(path));
  const expected = [await there.executeAsync(tf.tensor(values, shape, isBytes ? "int32" : "float32"))].flat();
  const came = await graph.run({ [graph.inputs[0].name]: tensor(values, { shape }) });
  const names = there.outputNodes.map((name) => name.replace(/:\d+$/, ""));
  const all = await Promise.all(
    names.map(async (name, place) => distance(await came[name].data(), expected[place].dataSync())),
  );
  report(
    path.slice(data.length),
    Math.max(...all) < 3e-5,
    `${all.length} outputs: ${Math.max(...all).toExponential(1)}`,
  );
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
