// Every layer of the closed list as an ONNX file: checked by onnx.checker, run by ONNX Runtime at two sizes of batch, compared
// with sinter. Prints a table; --write puts it into docs/onnx-export.md.
// Run: node scripts/onnx-export.mjs [--only lstm] [--keep FOLDER] [--write]; needs scripts/peers.mjs to have run.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { register } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkFiles, distance, root, runtime } from "./onnx-run.mjs";

register(new URL("./source-hooks.mjs", import.meta.url));
await import("../src/entry/install-node.ts");
const { useDevice } = await import("../src/engine/tensor/device.ts");
const { key, uniform } = await import("../src/engine/tensor/random.ts");
const { layers } = await import("../src/learning/nn/layers.ts");
const { model } = await import("../src/learning/train/functional.ts");
const { layerSamples } = await import("../test/laws/every-layer.ts");

const { values: options } = parseArgs({
  options: { only: { type: "string" }, keep: { type: "string" }, write: { type: "boolean", default: false } },
});
const folder = options.keep ?? mkdtempSync(join(tmpdir(), "sinter-onnx-"));
mkdirSync(folder, { recursive: true });
const batches = [3, 1];
const limit = 1e-5;

function modelOf({ make, input, others = [] }) {
  const layer = make(input);
  const inputs = [input, ...others].map((shape) => layers.input({ shape }));
  const outputs = layer.config.kind === "input" ? inputs : [...layer.applyAll(inputs)];
  const net = model({ inputs, outputs });
  // No weight stays 0 or 1, so that none drops out of the graph.
  const moved = Object.entries({ ...net.core.weights, ...net.core.frozen }).map(([path, weight], index) => [
    path,
    weight.add(uniform(key(50 + index), weight.shape, { low: 0.05, high: 0.3 })),
  ]);
  net.setWeights(Object.fromEntries(moved));
  return net;
}

async function worst(net, session, { input, others = [], range: [low, high] = [-1, 1] }, batch) {
  const xs = [input, ...others].map((shape, index) => uniform(key(1 + index), [batch, ...shape], { low, high }));
  const feeds = {};
  for (const [index, x] of xs.entries()) {
    feeds[session.inputNames[index]] = new runtime.Tensor("float32", await x.data(), [...x.shape]);
  }
  const given = await session.run(feeds);
  const expected = await net.predictAllOnBatch(xs);
  let error = 0;
  for (const [index, value] of expected.entries()) {
    const own = given[session.outputNames[index]];
    const isShaped = own.dims.join() === value.shape.join();
    error = Math.max(
      error,
      isShaped ? distance(Array.from(own.data, Number), Array.from(await value.data())) : Infinity,
    );
  }
  return error;
}

async function rowOf(kind, sample, index) {
  const name = `${kind} ${index}`;
  const path = join(folder, `${kind}-${index}.onnx`);
  try {
    const net = modelOf(sample);
    net.resetStates();
    await net.exportOnnx(path);
    const session = await runtime.InferenceSession.create(path, { logSeverityLevel: 3 });
    const stateful = net.network.weights.find(({ isCarried }) => isCarried === true);
    const errors = [];
    for (const batch of stateful === undefined ? batches : [stateful.shape[0]]) {
      net.resetStates();
      errors.push(await worst(net, session, sample, batch));
    }
    return { name, path, error: Math.max(...errors) };
  } catch (error) {
    return { name, path, reason: String(error.message ?? error).split("\n")[0] };
  }
}

await useDevice("js");
const rows = [];
for (const [kind, list] of Object.entries(layerSamples)) {
  if (options.only !== undefined && !kind.startsWith(options.only)) continue;
  for (const [index, sample] of list.entries()) rows.push(await rowOf(kind, sample, index));
}
const paths = rows.filter(({ reason }) => reason === undefined).map(({ path }) => path);
const verdicts = checkFiles(paths);
const lines = rows.map(({ name, path, error, reason }) => {
  const verdict = verdicts[path];
  const operators = Array.isArray(verdict) ? verdict.join(" ") : (reason ?? verdict ?? "").slice(0, 160);
  const isGood = Array.isArray(verdict) && error <= limit;
  return {
    isGood,
    text: `| ${name} | ${isGood ? "yes" : "**no**"} | ${error?.toExponential(1) ?? ""} | ${operators} |`,
  };
});
const numGood = lines.filter(({ isGood }) => isGood).length;
const summary = `${numGood} of ${lines.length} exports pass.`;
for (const { isGood, text } of lines) if (!isGood || options.only !== undefined) console.log(text);
console.log(summary);
if (options.write) {
  const table = ["| layer | passes | error | operators |", "|---|---|---|---|", ...lines.map(({ text }) => text)];
  const head = `# Layers as ONNX\n\nWritten by \`node scripts/onnx-export.mjs --write\`: each layer of the law test is exported, checked by \`onnx.checker\` (full check) and run\nby ONNX Runtime with batches of ${batches.join(" and ")}. The error is max|a - b| / rms(sinter); ${limit} is allowed. ${summary}\n\n`;
  writeFileSync(join(root, "docs/onnx-export.md"), `${head}${table.join("\n")}\n`);
}
if (options.keep === undefined) rmSync(folder, { recursive: true });
process.exitCode = numGood === lines.length ? 0 : 1;
