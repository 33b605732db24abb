// sinter: square matrix products, the result read.
import { jit, tensor } from "sinter";
import { emitMatrixProducts, numbers } from "../protocol.mjs";
import { start } from "./model.mjs";

const { options, name, versions } = await start();
const product = jit((a, b) => a.matMul(b));
const prepare = (size) => {
  const a = tensor(numbers(size * size), { shape: [size, size] });
  const b = tensor(numbers(size * size), { shape: [size, size] });
  const run = async () => {
    const c = product(a, b);
    await c.data();
    c.dispose();
  };
  const dispose = () => {
    a.dispose();
    b.dispose();
  };
  return { run, dispose };
};
await emitMatrixProducts(name, options, prepare, versions);
process.exit(0);
