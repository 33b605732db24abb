// Who takes part in which work: the command that measures it once, and the ratios that are aimed at. Nothing is run here.

const python = ".peers/python/bin/python";

/** A Python peer: `name` as its lines call it, its file, its variant. */
const pythonPeer = (name, works, file, variant) => ({
  name,
  works,
  command: (work) => [python, `bench/peers/${file}.py`, work, ...(variant === undefined ? [] : ["--variant", variant])],
});
const nodePeer = (name, works, file, variant) => ({
  name,
  works,
  command: (work) => [
    process.execPath,
    `bench/peers/${file}.mjs`,
    work,
    ...(variant === undefined ? [] : ["--variant", variant]),
  ],
});
/** sinter on one device: bench/sinter/WORK.mjs, where that file exists. */
const sinter = (device) => ({
  name: `sinter-${device}`,
  works: ["train", "infer", "models-infer", "models-train", "program", "matmul", "compile", "memory"],
  command: (work) => [
    process.execPath,
    `bench/sinter/${work.startsWith("models-") ? "models" : work}.mjs`,
    work,
    "--variant",
    device,
  ],
});

export const contestants = [
  sinter("native"),
  sinter("wasm"),
  {
    ...nodePeer("sinter", ["size"], "size"),
    command: () => [process.execPath, "bench/size.mjs", "size", "--variant", "sinter"],
  },
  pythonPeer("pytorch", ["train", "infer"], "seed_cnn_torch"),
  pythonPeer("keras", ["train", "infer", "compile"], "seed_cnn_keras"),
  pythonPeer("keras-nojit", ["train", "infer"], "seed_cnn_keras", "nojit"),
  pythonPeer("pytorch-compile", ["compile"], "seed_cnn_torch"),
  nodePeer("onnxruntime-node", ["infer", "matmul"], "onnxruntime", "node"),
  nodePeer("onnxruntime-web", ["infer", "matmul"], "onnxruntime", "web"),
  nodePeer("tfjs-wasm", ["infer", "matmul"], "tfjs"),
  nodePeer("jax-js", ["matmul"], "jax"),
  pythonPeer("pytorch", ["matmul"], "matmul_torch"),
  pythonPeer("pytorch", ["models-infer", "models-train"], "models_torch"),
  pythonPeer("keras", ["models-infer", "models-train"], "models_keras"),
  nodePeer("onnxruntime-node", ["models-infer"], "models_onnx", "node"),
  nodePeer("onnxruntime-web", ["models-infer"], "models_onnx", "web"),
  pythonPeer("keras", ["program"], "program_keras"),
  pythonPeer("keras-workers2", ["program"], "program_keras", "workers2"),
  { name: "tfjs", works: ["size"], command: () => [process.execPath, "bench/size.mjs", "size", "--variant", "tfjs"] },
  { name: "jax-js", works: ["size"], command: () => [process.execPath, "bench/size.mjs", "size", "--variant", "jax"] },
];

export const works = {
  train: "seed CNN, one train step, batch 32: ms an image",
  infer: "seed CNN, inference, batch 32: ms an image",
  "models-infer": "known models, inference: ms a batch",
  "models-train": "known models, one train step: ms a batch",
  program: "the whole program of docs/guide/seed.md from JPEG files, an epoch: ms a training image",
  matmul: "square matrix product, f32: ms",
  compile: "trace and compile the train step, without the run: ms",
  memory: "growth over 1,000 train steps: MiB per 100 steps",
  size: "bundled, minified, gzipped: kB",
};

/** The field of a line that a work is compared by. */
export const fields = {
  train: "msPerImage",
  infer: "msPerImage",
  "models-infer": "ms",
  "models-train": "ms",
  program: "msPerImage",
  matmul: "ms",
  compile: "ms",
  memory: "mib",
  size: "kb",
};

/** What must hold (issue's seventh point): a ratio against a peer, or a bound alone. Of several peers the fastest counts. */
export const limits = [
  { work: "train", name: "sinter-native", against: ["keras", "keras-nojit"], ratio: 0.65 },
  { work: "infer", name: "sinter-native", against: ["onnxruntime-node"], ratio: 0.75 },
  { work: "program", name: "sinter-native", against: ["keras", "keras-workers2"], ratio: 0.5 },
  { work: "compile", name: "sinter-native", bound: 150 },
  { work: "memory", name: "sinter-native", bound: 1 },
  { work: "train", name: "sinter-wasm", against: ["pytorch"], ratio: 1.2 },
  { work: "infer", name: "sinter-wasm", against: ["onnxruntime-web"], ratio: 0.6 },
  { work: "program", name: "sinter-wasm", against: ["keras"], ratio: 1.5 },
  { work: "compile", name: "sinter-wasm", bound: 300 },
  { work: "compile", name: "sinter-wasm", field: "firstStepRatio", bound: 2 },
  { work: "memory", name: "sinter-wasm", bound: 1 },
  { work: "size", name: "sinter", bound: 120 },
];
