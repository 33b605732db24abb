// TensorFlow.js on its wasm backend. Works: infer, matmul. It cannot train a CNN there: the gradients of convolutions and pools are missing.
import { dirname } from "node:path";
import {
  emitMatrixProducts,
  emitPerImage,
  numbers,
  peerVersion,
  readArguments,
  requirePeer,
  timed,
} from "../protocol.mjs";

const options = readArguments();
// Its banner and warnings must not reach stdout, where the measurements are.
console.warn = console.log = console.info = () => {};
const tf = requirePeer("@tensorflow/tfjs");
const wasm = requirePeer("@tensorflow/tfjs-backend-wasm");
wasm.setWasmPaths(`${dirname(requirePeer.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
wasm.setThreadsCount(options.threads);
await tf.setBackend("wasm");
await tf.ready();
const versions = { "@tensorflow/tfjs": peerVersion("@tensorflow/tfjs") };
// In Node it runs one thread whatever is asked for.
const extra = { threads: await wasm.getThreadsCount() };

if (options.work === "infer") {
  const relu = { kernelSize: 3, activation: "relu" };
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 32, ...relu, inputShape: [150, 150, 3] }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 64, ...relu }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 128, ...relu }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 512, activation: "relu" }),
      tf.layers.dense({ units: 1, activation: "sigmoid" }),
    ],
  });
  const x = tf.tensor(numbers(options.batch * 150 * 150 * 3), [options.batch, 150, 150, 3]);
  const run = async () => {
    const y = tf.tidy(() => model.predict(x, { batchSize: options.batch }));
    await y.data();
    y.dispose();
  };
  emitPerImage("tfjs-wasm", options, await timed(run, options.repeats, 3), versions, extra);
} else {
  const prepare = (size) => {
    const a = tf.tensor(numbers(size * size), [size, size]);
    const b = tf.tensor(numbers(size * size), [size, size]);
    const run = async () => {
      const c = tf.matMul(a, b);
      await c.data();
      c.dispose();
    };
    return { run, dispose: () => tf.dispose([a, b]) };
  };
  await emitMatrixProducts("tfjs-wasm", options, prepare, versions, extra);
}
process.exit(0);
