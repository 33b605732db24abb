// Keras's files at the model: bytes in place of a path, policies of 16 bits, what is too large and what is not written.

import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/node.ts";
import { tensor } from "#engine/tensor/create.ts";
import { readArchive } from "#learning/formats/archive.ts";
import { layers } from "#learning/nn/layers.ts";
import { loadModel, modelFromKeras } from "#learning/train/load-model.ts";
import { sequential } from "#learning/train/model.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-keras-"));
});
afterAll(() => rm(folder, { recursive: true }));

function small(mixedPrecision?: "bf16" | "f16") {
  const net = sequential([
    layers.dense({ units: 4, activation: "relu", inputShape: [3], name: "first" }),
    layers.pipeline({ layers: [layers.rescaling({ scale: 2 }), layers.dense({ units: 3 })] }),
    layers.dense({ units: 2, activation: "softmax", name: "last" }),
  ]);
  net.compile({
    optimizer: "adam",
    loss: "meanSquaredError",
    ...(mixedPrecision === undefined ? {} : { mixedPrecision }),
  });
  return net;
}

const inputs = tensor([0.1, -0.2, 0.3, 0.5, 0.4, -0.6], { shape: [2, 3] });

test("the bytes of a file give the model that its path gives", async () => {
  const path = join(folder, "net.keras");
  const net = small();
  await net.save(path);
  const [fromPath, fromBytes] = [await loadModel(path), await modelFromKeras(new Uint8Array(await readFile(path)))];
  const expected = await (await net.predictOnBatch(inputs)).data();
  for (const model of [fromPath, fromBytes]) {
    expect(await (await model.predictOnBatch(inputs)).data()).toEqual(expected);
  }
  await expect(modelFromKeras(new Uint8Array(8))).rejects.toThrow("the file is no HDF5");
});

test.each([
  ["bf16", "mixed_bfloat16"],
  ["f16", "mixed_float16"],
] as const)("%s is a policy of all layers but the last, and comes back", async (precision, policy) => {
  const path = join(folder, `${precision}.keras`);
  await small(precision).save(path);
  const config = JSON.parse(
    new TextDecoder().decode(
      readArchive(new Uint8Array(await readFile(path)))
        .get("config.json")
        ?.read(),
    ),
  );
  const policies = config.config.layers.map((layer: { config: { dtype: unknown; layers?: typeof policies } }) =>
    layer.config.layers === undefined
      ? layer.config.dtype
      : layer.config.layers.map((one: typeof layer) => one.config.dtype),
  );
  const own = { module: "keras", class_name: "DTypePolicy", config: { name: policy }, registered_name: null };
  expect(policies).toEqual(["float32", own, [own, own], "float32"]);
  expect((await loadModel(path)).core.compiled?.mixedPrecision).toBe(precision);
});

test("files of 2 GiB and more are refused with the way out", async () => {
  const path = join(folder, "large.h5");
  const file = await open(path, "w");
  await file.write(Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a));
  // A hole: it takes no room on the disk.
  await file.truncate(2 ** 31);
  await file.close();
  const expected = { code: "limit", message: expect.stringMatching(/2\.0 GiB.*up to 2 GiB.*safetensors/u) };
  await expect(loadModel(path)).rejects.toMatchObject(expected);
  await expect(small().loadWeights(path)).rejects.toMatchObject(expected);
});

test("the old .h5 is not written, and the error says what is", async () => {
  await expect(small().save(join(folder, "net.h5"))).rejects.toThrow(/name\.keras.*saveWeights.*saveTfjs/u);
});
