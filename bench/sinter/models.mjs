// sinter: known models, inference (models-infer) or one train step (models-train).
import { tensor } from "sinter";
import { emitBatch, numbers, takesCase, timed } from "../protocol.mjs";
import { cases } from "./cases.mjs";
import { knownModels } from "./known-models.mjs";
import { start } from "./model.mjs";

const { options, name, versions } = await start();
for (const [modelName, batch] of cases[options.work]) {
  if (!takesCase(options, modelName)) continue;
  const known = knownModels[modelName];
  const network = known.build(known);
  network.compile({ optimizer: known.optimizer ?? "sgd", loss: "sparseCategoricalCrossentropy" });
  const x = tensor(numbers(batch * known.shape.reduce((product, extent) => product * extent, 1)), {
    shape: [batch, ...known.shape],
  });
  const y = tensor(
    Int32Array.from({ length: batch }, (_, index) => index % known.classes),
    { shape: [batch] },
  );
  const infer = async () => {
    const output = await network.predictOnBatch(x);
    await output.data();
    output.dispose();
  };
  const run = options.work === "models-infer" ? infer : () => network.trainOnBatch(x, y);
  emitBatch(name, options, `${modelName} ${batch}`, await timed(run, options.repeats, 2), versions);
}
process.exit(0);
