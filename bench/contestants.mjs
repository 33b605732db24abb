// Who takes part in which work: the command that measures it once, and the ratios that are aimed at. Nothing is run here.

/** The wider suite: `MODEL-train-bN`, `MODEL-infer-bN`. VGG16 is not trained: its state alone is 2.2 GB. */
const suite = {
  "mobilenetv2-infer-b1": "MobileNetV2",
  "mobilenetv2-infer-b8": "MobileNetV2",
  "mobilenetv2-train-b8": "MobileNetV2",
  "resnet50-infer-b1": "ResNet-50",
  "resnet50-infer-b8": "ResNet-50",
  "resnet50-train-b8": "ResNet-50",
  "vgg16-infer-b1": "VGG16",
  "vgg16-infer-b8": "VGG16",
  "transformer-infer-b8": "Transformer encoder, 4 layers of 256 on 128 tokens",
  "transformer-train-b8": "Transformer encoder, 4 layers of 256 on 128 tokens",
  "minilm-infer-b32": "MiniLM sentence encoder on 64 tokens",
  "mlp-train-b32": "dense network 784-128-10",
  "lstm-train-b32": "LSTM, 256 units over 100 steps of 64",
  "lstm-infer-b32": "LSTM, 256 units over 100 steps of 64",
  "gru-train-b32": "GRU, 256 units over 100 steps of 64",
  "bilstm-train-b32": "bidirectional LSTM, 256 units over 100 steps of 64",
  "cnn1d-train-b16": "convolutional network over 150 steps (Wang 2017)",
  "words-train-b32": "mean of 100 out of 100,000 word vectors of 64",
  "attention1024-train-b1": "attention of 8 heads over 1,024 places of 256",
  "attention4096-train-b1": "attention of 8 heads over 4,096 places of 256",
  "attention4096-infer-b1": "attention of 8 heads over 4,096 places of 256",
};
/** Those that onnxruntime has no model for are trained, or go over sequences. */
const isSequence = (work) => /^(lstm|gru|bilstm|cnn1d|words|attention\d+)-/.test(work);
export const suiteWorks = Object.keys(suite);
const suiteInference = suiteWorks.filter((work) => work.includes("-infer-") && !isSequence(work));
/** Keras has no BERT of its own. */
const suiteKeras = suiteWorks.filter((work) => !work.startsWith("minilm-"));
const suiteWithoutConvolution = suiteWorks.filter((work) => /^(transformer|mlp)-/.test(work) || isSequence(work));
const suitePeers = ["pytorch", "keras", "keras-nojit", "onnxruntime-node"];
const suiteText = (work) => {
  const [, mode, batch] = work.split("-");
  return `${suite[work]}, ${mode === "train" ? "one Adam step" : "inference"}, batch ${batch.slice(1)}: ms`;
};

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
  works: ["train", "infer", "program", "matmul", "compile", "memory"],
  command: (work) => [process.execPath, `bench/sinter/${work}.mjs`, work, "--variant", device],
});
const sinterSuite = (device) => ({
  ...nodePeer(`sinter-${device}`, suiteWorks),
  command: (work) => [process.execPath, "bench/sinter/suite.mjs", work, "--variant", device],
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
  pythonPeer("tensorflow", ["matmul"], "matmul_tensorflow"),
  pythonPeer("keras", ["program"], "program_keras"),
  pythonPeer("keras-workers2", ["program"], "program_keras", "workers2"),
  sinterSuite("native"),
  sinterSuite("wasm"),
  pythonPeer("pytorch", suiteWorks, "suite_torch"),
  // With XLA MobileNetV2 took 252 ms on one picture, without it 44.
  pythonPeer("keras", suiteWithoutConvolution, "suite_keras"),
  pythonPeer("keras-nojit", suiteKeras, "suite_keras", "nojit"),
  nodePeer("onnxruntime-node", suiteInference, "onnxruntime", "node"),
  nodePeer("onnxruntime-web", suiteInference, "onnxruntime", "web"),
  { name: "tfjs", works: ["size"], command: () => [process.execPath, "bench/size.mjs", "size", "--variant", "tfjs"] },
  { name: "jax-js", works: ["size"], command: () => [process.execPath, "bench/size.mjs", "size", "--variant", "jax"] },
];

/** Who measures kernels for the roofline picture, in which works; besides it takes the work `roof`. */
export const profile = {
  name: "sinter-native",
  works: ["train", "infer", ...suiteWorks],
  command: (work) => [process.execPath, "bench/sinter/roofline.mjs", work, "--variant", "native"],
};

export const works = {
  train: "seed CNN, one train step, batch 32: ms an image",
  infer: "seed CNN, inference, batch 32: ms an image",
  program: "the whole program of docs/guide/seed.md from JPEG files, an epoch: ms a training image",
  ...Object.fromEntries(suiteWorks.map((work) => [work, suiteText(work)])),
  matmul: "square matrix product, f32: ms",
  compile: "trace and compile the train step, without the run: ms",
  memory: "growth over 1,000 train steps: MiB per 100 steps",
  size: "bundled, minified, gzipped: kB",
};

/** The field of a line that a work is compared by. */
export const fields = {
  train: "msPerImage",
  infer: "msPerImage",
  program: "msPerImage",
  ...Object.fromEntries(suiteWorks.map((work) => [work, "ms"])),
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
  ...suiteKeras.map((work) => ({ work, name: "sinter-native", against: suitePeers, ratio: 1.3 })),
  { work: "minilm-infer-b32", name: "sinter-native", against: ["onnxruntime-node"], ratio: 1.2 },
  ...suiteInference.map((work) => ({ work, name: "sinter-wasm", against: ["onnxruntime-web"], ratio: 1.3 })),
];
