// jax-js on its wasm backend, which runs one thread in Node. Work: matmul.
import { pathToFileURL } from "node:url";
import { emitMatrixProducts, numbers, peerVersion, readArguments, requirePeer } from "../protocol.mjs";

const options = readArguments();
const jax = await import(pathToFileURL(requirePeer.resolve("@jax-js/jax").replace(/\.cjs$/, ".js")).href);
await jax.init("wasm");
jax.defaultDevice("wasm");
const np = jax.numpy;
const product = jax.jit((a, b) => np.matmul(a, b));
const prepare = (size) => {
  const a = np.array(numbers(size * size)).reshape([size, size]);
  const b = np.array(numbers(size * size)).reshape([size, size]);
  const run = async () => {
    const c = product(a.ref, b.ref);
    await c.data();
  };
  const dispose = () => {
    a.dispose();
    b.dispose();
  };
  return { run, dispose };
};
await emitMatrixProducts("jax-js", options, prepare, { "@jax-js/jax": peerVersion("@jax-js/jax") }, { threads: 1 });
process.exit(0);
