// onnxruntime in Node on the models that make_onnx_models.py wrote: `--variant node` or `--variant web`, as in onnxruntime.mjs.
import { pathToFileURL } from "node:url";
import {
  emitBatch,
  modelPath,
  numbers,
  peerVersion,
  readArguments,
  requirePeer,
  takesCase,
  timed,
} from "../protocol.mjs";
import { cases } from "../sinter/cases.mjs";

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

for (const [name, batch] of cases[options.work]) {
  if (!takesCase(options, name)) continue;
  const session = await ort.InferenceSession.create(modelPath(name), sessionOptions);
  const shape = name === "transformer" ? [batch, 128, 256] : [batch, 3, 224, 224];
  const x = new ort.Tensor("float32", numbers(shape.reduce((product, extent) => product * extent, 1)), shape);
  const run = async () => (await session.run({ x })).y.data[0];
  emitBatch(packageName, options, `${name} ${batch}`, await timed(run, options.repeats, 2), versions);
  await session.release();
}
process.exit(0);
