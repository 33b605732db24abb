// `sinter similar` as whole processes: a known network with weights of a file, a trained model, and what is refused.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { closeDevice } from "#engine/tensor/device.ts";
import { layers } from "#learning/nn/layers.ts";
import { sequential } from "#learning/train/model.ts";
import { squeezeNet } from "#learning/zoo/squeezenet.ts";
import { writePictures } from "./pictures.ts";
import { jsonLines, run } from "./program.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-similar-"));
  await writePictures(join(folder, "photos"), ["cold", "warm", "green"], 4);
  await writeFile(join(folder, "photos", "warm", "note.png"), "this is no picture");
  await squeezeNet({ includeTop: false, pooling: "avg", inputShape: [40, 40, 3] }).saveWeights(
    join(folder, "squeezenet.weights.h5"),
  );
  const net = sequential([
    layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [16, 16, 3] }),
    layers.globalAveragePooling2d(),
    layers.dense({ units: 3, activation: "softmax" }),
  ]);
  net.build();
  await net.save(join(folder, "net"));
  await closeDevice();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("pictures of the same colour come first; the picture itself and what cannot be read are left out", async () => {
  const network = ["--model", "squeezeNet", "--weights", "squeezenet.weights.h5", "--image-size", "40x40"];
  const found = await run(folder, "similar", "photos/warm/1.png", "photos", ...network, "--top", "3", "--json");
  expect(found.code, found.stderr).toBe(0);
  const [broken, ...lines] = jsonLines(found.stdout);
  expect(broken).toMatchObject({ file: join("photos", "warm", "note.png"), error: expect.any(String) });
  expect(lines.map(({ file }) => String(file)).toSorted()).toEqual(
    [0, 2, 3].map((number) => join("photos", "warm", `${number}.png`)),
  );
  const similarities = lines.map(({ similarity }) => Number(similarity));
  expect(similarities).toEqual(similarities.toSorted((a, b) => b - a));
  expect(similarities[0]).toBeLessThanOrEqual(1 + 1e-12);
});

test("a trained model gives what its classifier sees, at its own size; in Chinese too", async () => {
  const args = ["similar", "photos/cold/0.png", "photos", "--model", "net", "--top", "2"];
  const found = await run(folder, ...args);
  expect(found.stdout, found.stderr).toMatch(
    /^\d\.\d{4} {2}photos.cold.\d\.png\n\d\.\d{4} {2}photos.cold.\d\.png\nof 11 pictures\n$/,
  );
  expect((await run(folder, ...args, "--language", "zh")).stdout).toContain("共比较 11 张图片");
});

test.each([
  [["--model", "vgg16"], /vgg16 without weights sees nothing\. Name the file of its weights with --weights\./],
  [["--model", "nothing"], /model "nothing" is neither there nor a known network/],
  [["--model", "net", "--image-size", "9x9"], /takes pictures of its own size\. Leave --image-size out/],
  [["--model", "nett", "--weights", "a.h5"], /model.*"nett"/],
])("%j is refused", async (flags, message) => {
  const { code, stderr } = await run(folder, "similar", "photos/cold/0.png", "photos", ...flags);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});
