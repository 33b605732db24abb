// onnxruntime in Node: `--variant node` is onnxruntime-node (native), `--variant web` onnxruntime-web (wasm). Works: infer, matmul,
// and MODEL-infer-bN of the wider suite.
import { pathToFileURL } from "node:url";
import {
  emitMatrixProducts,
  emitPerImage,
  emitSteps,
  miniLmTokens,
  modelPath,
  numbers,
  parseWork,
  peerVersion,
  readArguments,
  requirePeer,
  textTokens,
  timed,
  timedFor,
} from "../protocol.mjs";

const options = readArguments();
const packageName = options.variant === "web" ? "onnxruntime-web" : "onnxruntime-node";
const module = await import(pathToFileURL(requirePeer.resolve(packageName)).href);
const ort = module.InferenceSession ? module : module.default;
if (options.variant === "web") ort.env.wasm.numThreads = options.threads;
const sessionOptions = {
  executionProviders: [options.variant === "web" ? "wasm" : "cpu"],
  intraOpNumThreads: options.threads,
  interOpNumThreads: 1,
};
const versions = { [packageName]: peerVersion(packageName) };

if (options.work === "infer") {
  const session = await ort.InferenceSession.create(modelPath("seed-cnn"), sessionOptions);
  const x = new ort.Tensor("float32", numbers(options.batch * 3 * 150 * 150), [options.batch, 3, 150, 150]);
  const run = async () => (await session.run({ x })).y.data[0];
  emitPerImage(packageName, options, await timed(run, options.repeats, 3), versions);
} else if (options.work !== "matmul") {
  const { model, batch } = parseWork(options.work);
  const session = await ort.InferenceSession.create(modelPath(model), sessionOptions);
  const tokens = () => BigInt64Array.from({ length: batch * 128 }, (_, index) => BigInt((index * 31) % 1000));
  const texts = () => BigInt64Array.from(textTokens(batch), BigInt);
  const x =
    model === "minilm"
      ? new ort.Tensor("int64", texts(), [batch, miniLmTokens])
      : model === "transformer"
        ? new ort.Tensor("int64", tokens(), [batch, 128])
        : new ort.Tensor("float32", numbers(batch * 3 * 224 * 224), [batch, 3, 224, 224]);
  const run = async () => (await session.run({ x })).y.data[0];
  emitSteps(packageName, options, await timedFor(run, options.repeats), versions);
} else {
  const session = await ort.InferenceSession.create(modelPath("matmul"), sessionOptions);
  const prepare = (size) => {
    const a = new ort.Tensor("float32", numbers(size * size), [size, size]);
    const b = new ort.Tensor("float32", numbers(size * size), [size, size]);
    return { run: async () => (await session.run({ a, b })).c.data[0] };
  };
  await emitMatrixProducts(packageName, options, prepare, versions);
}
process.exit(0);
