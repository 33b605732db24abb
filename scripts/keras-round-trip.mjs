// Models saved here and opened by Keras: for each layer of docs/compatibility.md (test/golden/keras-files.test.ts holds that the list
// is whole) the file that Keras made is loaded, saved again, and keras-round-trip.py compares what Keras gives of it with what it gave
// of its own; so too for models that were made here. Needs .peers (node scripts/peers.mjs) and a build.
// Run: npm run build; node scripts/keras-round-trip.mjs
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";
import { closeDevice, currentDevice, layers, loadModel, model, sequential, tensor } from "sinter";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "keras-round-trip-"));
const files = unzipSync(readFileSync(join(root, "test/golden/keras-files.zip")));
const { cases } = JSON.parse(new TextDecoder().decode(files["cases.json"]));

/** Models made here: name, model, shapes of inputs. */
function ownModels() {
  const input = layers.input({ shape: [6, 6, 2], name: "pixels" });
  const shared = layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", activation: "relu" });
  const twice = shared.apply(layers.conv2d({ filters: 3, kernelSize: 3, padding: "same" }).apply(input));
  const again = shared.apply(twice);
  const joined = layers.add().apply([twice, again]);
  const end = layers.dense({ units: 2, activation: "softmax" }).apply(layers.globalAveragePooling2d().apply(joined));
  const branches = model({ inputs: input, outputs: [end, layers.flatten().apply(again)], name: "branches" });
  const base = sequential([layers.dense({ units: 4, inputShape: [3] }), layers.batchNormalization()], { name: "base" });
  const stacked = sequential([layers.input({ shape: [3] }), base, layers.dense({ units: 2, name: "last" })]);
  const words = layers.input({ shape: [5], dtype: "i32" });
  const embedded = layers.embedding({ inputDim: 9, outputDim: 4, maskZero: true }).apply(words);
  const attended = layers
    .multiHeadAttention({ numHeads: 2, keyDim: 3, useCausalMask: true })
    .apply([embedded, embedded]);
  const text = model({
    inputs: words,
    outputs: layers.bidirectional({ layer: layers.lstm({ units: 3 }) }).apply(attended),
  });
  const rows = layers.input({ shape: [4, 3] });
  const [steps, h, c] = layers.lstm({ units: 2, returnSequences: true, returnState: true }).applyAll(rows);
  const states = model({ inputs: rows, outputs: layers.lstm({ units: 2 }).apply([steps, h, c]) });
  return [
    { name: "branches", made: branches, shapes: [[2, 6, 6, 2]] },
    { name: "stacked", made: stacked, shapes: [[2, 3]] },
    { name: "text", made: text, shapes: [[2, 5]] },
    { name: "states", made: states, shapes: [[2, 4, 3]] },
  ];
}

const expected = {};
mkdirSync(join(folder, "from"));
for (const [name, golden] of Object.entries(cases)) {
  if (!golden.forms.includes("keras")) continue;
  const from = join(folder, "from", `${name}.keras`);
  writeFileSync(from, files[`${name}.keras`]);
  const loaded = await loadModel(from, { inputShape: [4, 3] });
  await loaded.save(join(folder, `${name}.keras`));
  expected[name] = golden;
}
for (const { name, made, shapes } of ownModels()) {
  const inputs = shapes.map((shape) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const isWords = name === "text";
    const values = Array.from({ length: size }, (_, at) => (isWords ? (at * 7) % 9 : Math.sin(at)));
    return { shape, values, dtype: isWords ? "i32" : "f32" };
  });
  const given = inputs.map(({ shape, values, dtype }) => tensor(values, { shape, dtype }));
  const outputs = await made.predictAllOnBatch(given);
  await made.save(join(folder, `own-${name}.keras`));
  await made.saveWeights(join(folder, `own-${name}.weights.h5`));
  expected[`own-${name}`] = {
    plain: inputs,
    results: await Promise.all(
      outputs.map(async (one) => ({ shape: one.shape, values: Array.from(await one.data()) })),
    ),
  };
}
writeFileSync(join(folder, "expected.json"), JSON.stringify(expected));
await closeDevice(currentDevice());
try {
  const python = join(root, ".peers/python/bin/python");
  execFileSync(python, [join(root, "scripts/keras-round-trip.py"), folder], { stdio: "inherit" });
} finally {
  rmSync(folder, { recursive: true });
}
