// Fetches models of TensorFlow.js as others published them: weights without a topology, layers-models, graph-models.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runInNewContext } from "node:vm";
import { fetchNpm } from "./fetch-packages.mjs";

/** The files of a folder, with those of its folders, into another. */
function copyFiles(from, to, wanted = () => true) {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !wanted(entry.name)) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(to, source.slice(from.length));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(source, target);
  }
}

const faceApiPackage = [
  "@vladmandic/face-api@1.7.15",
  "0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031",
];

/** Quantized weights of six face models without a topology, from npm's @vladmandic/face-api (MIT). */
function faceApi(download, place) {
  copyFiles(join(fetchNpm(download, ...faceApiPackage), "model"), place);
}

/** Six photographs with people, and the program itself for TensorFlow.js's wasm backend, from the same package. */
function facePhotos(download, place) {
  const root = fetchNpm(download, ...faceApiPackage);
  copyFiles(join(root, "demo"), place, (name) => /^sample\d\.jpg$/u.test(name));
  copyFileSync(join(root, "dist", "face-api.node-wasm.js"), join(place, "face-api.node-wasm.cjs"));
}

/** Four layers-models that enlarge pictures, from npm's @upscalerjs/esrgan-slim (MIT). */
function esrganSlim(download, place) {
  const sha256 = "b53070ff01363e74d33138106dcc72b58d341c9fb7e8fd648554a4e7744142b5";
  copyFiles(join(fetchNpm(download, "@upscalerjs/esrgan-slim@1.0.0", sha256), "models"), place);
}

/** Eleven graph-models of faces, hands, bodies and things, from npm's @vladmandic/human (MIT). */
function humanModels(download, place) {
  const sha256 = "425e9c51dbbca0c8934362b170cb0d54c2529c11c654b3c03092b16e9d6ad3f7";
  const models = join(fetchNpm(download, "@vladmandic/human@3.3.6", sha256), "models");
  copyFiles(models, place, (name) => name.endsWith(".bin") || (name.endsWith(".json") && name !== "models.json"));
}

/** What a packed file exports: an object, or bytes in base64. It runs in a context that reaches nothing. */
function unpack(path) {
  const module = { exports: {} };
  runInNewContext(readFileSync(path, "utf8"), { module, exports: module.exports }, { timeout: 60_000 });
  return module.exports;
}

/** Two layers-models and one graph-model, from npm's nsfwjs (MIT), which packs each file as a script. */
function nsfwjs(download, place) {
  const sha256 = "4496790efc9bdc6f3e85a826a8e482c1fa1e9db4b3d18c095e98cc0c73cfb12f";
  const models = join(fetchNpm(download, "nsfwjs@4.3.0", sha256), "dist", "models");
  for (const name of ["mobilenet_v2", "mobilenet_v2_mid", "inception_v3"]) {
    mkdirSync(join(place, name), { recursive: true });
    const model = unpack(join(models, name, "model.min.js"));
    writeFileSync(join(place, name, "model.json"), JSON.stringify(model));
    for (const shard of model.weightsManifest.flatMap(({ paths }) => [...paths])) {
      const bytes = Buffer.from(unpack(join(models, name, `${shard}.min.js`)), "base64");
      writeFileSync(join(place, name, shard), bytes);
    }
  }
}

export const tfjsSets = {
  "face-api": faceApi,
  "face-photos": facePhotos,
  "esrgan-slim": esrganSlim,
  "human-models": humanModels,
  nsfwjs,
};
