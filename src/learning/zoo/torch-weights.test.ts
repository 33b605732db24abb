import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { closeDevice } from "#engine/tensor/device.ts";
import { crepe, dcganGenerator, resnet18, squeezeNet } from "#entry/zoo.ts";
import { encodeSafetensors, type StoredTensor } from "#learning/formats/safetensors.ts";
import type { Model } from "#learning/train/model.ts";
import { familyOf } from "./torch-families.ts";
import { loadTorchWeights } from "./torch-weights.ts";

const folder = mkdtempSync(join(tmpdir(), "sinter-torch-weights-"));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await closeDevice();
});

type Shapes = Readonly<Record<string, readonly number[]>>;

/** A file of tensors whose numbers count up. */
function fileOf(name: string, shapes: Shapes): string {
  const tensors = Object.entries(shapes).map(([key, shape]): [string, StoredTensor] => [
    key,
    { dtype: "f32", shape: [...shape], data: Float32Array.from({ length: sizeOf(shape) }, (_, index) => index) },
  ]);
  const path = join(folder, `${name}.safetensors`);
  writeFileSync(path, encodeSafetensors(new Map(tensors)));
  return path;
}

const fires = {
  3: [64, 16],
  4: [128, 16],
  6: [128, 32],
  7: [256, 32],
  9: [256, 48],
  10: [384, 48],
  11: [384, 64],
  12: [512, 64],
};

/** squeezenet1_1 of torchvision. */
function squeezeNetShapes(numClasses: number, prefix = ""): Record<string, number[]> {
  const shapes: Record<string, number[]> = {};
  const conv = (name: string, shape: number[]): void => {
    shapes[`${prefix}${name}.weight`] = shape;
    shapes[`${prefix}${name}.bias`] = shape.slice(0, 1);
  };
  conv("features.0", [64, 3, 3, 3]);
  for (const [place, [inputs = 0, narrow = 0]] of Object.entries(fires)) {
    conv(`features.${place}.squeeze`, [narrow, inputs, 1, 1]);
    conv(`features.${place}.expand1x1`, [4 * narrow, narrow, 1, 1]);
    conv(`features.${place}.expand3x3`, [4 * narrow, narrow, 3, 3]);
  }
  conv("classifier.1", [numClasses, 512, 1, 1]);
  return shapes;
}

async function weightOf(net: Model, path: string): Promise<ArrayLike<number>> {
  const place = net.network.weights.findIndex((weight) => weight.path === path);
  return (await net.getWeights())[place]!.data();
}

/** Of a normalization. */
function normShapes(name: string, size: number): [string, number[]][] {
  return ["weight", "bias", "running_mean", "running_var"].map((part) => [`${name}.${part}`, [size]]);
}

const inputShape = [40, 40, 3];

test("filters are turned, and a file of the whole network fits one without its top", async () => {
  const path = fileOf("squeezenet", squeezeNetShapes(3, "module."));
  for (const net of [squeezeNet({ classes: 3, inputShape }), squeezeNet({ includeTop: false, inputShape })]) {
    await loadTorchWeights(net, path);
    const filter = await weightOf(net, "fire9_expand3x3/kernel");
    // PyTorch's [output, input, row, column] is here [row, column, input, output].
    expect(filter[((1 * 3 + 2) * 64 + 5) * 256 + 7]).toBe(((7 * 64 + 5) * 3 + 1) * 3 + 2);
    expect((await weightOf(net, "conv1/bias"))[63]).toBe(63);
  }
});

test("filters of series and of a generator are turned", async () => {
  const maps = [1, 128, 16, 16, 16, 32, 64];
  const crepeShapes: Record<string, number[]> = { "classifier.weight": [360, 256], "classifier.bias": [360] };
  for (let place = 1; place <= 6; place += 1) {
    const [before = 0, after = 0] = maps.slice(place - 1);
    Object.assign(crepeShapes, {
      [`conv${place}.weight`]: [after, before, place === 1 ? 512 : 64, 1],
      [`conv${place}.bias`]: [after],
      ...Object.fromEntries(normShapes(`conv${place}_BN`, after)),
    });
  }
  const net = crepe({ capacity: "tiny" });
  await loadTorchWeights(net, fileOf("crepe", crepeShapes));
  // PyTorch's [output, input, step, 1] is here [step, input, output].
  expect((await weightOf(net, "conv2/kernel"))[(5 * 128 + 100) * 16 + 3]).toBe((3 * 128 + 100) * 64 + 5);

  const generator = dcganGenerator({ imageSize: 8, channels: 1, filters: 2, latentSize: 3 });
  const shapes = { "main.0.weight": [3, 2, 4, 4], "main.3.weight": [2, 1, 4, 4] };
  const path = fileOf("dcgan", { ...shapes, ...Object.fromEntries(normShapes("main.1", 2)) });
  await loadTorchWeights(generator, path);
  // PyTorch's [input, output, row, column] is here [row, column, output, input].
  expect((await weightOf(generator, "grow1/kernel"))[((1 * 4 + 2) * 2 + 1) * 3 + 2]).toBe((2 * 2 + 1) * 16 + 1 * 4 + 2);
});

test("a VGG's convolutions are told by the pools between them", () => {
  const places = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];
  const { layerOf } = familyOf([...places.map((place) => `features.${place}.weight`), "classifier.6.weight"], "a");
  expect(places.map((place) => layerOf(`features.${place}`))).toEqual(
    [2, 2, 3, 3, 3].flatMap((count, block) =>
      Array.from({ length: count }, (_, index) => `block${block + 1}_conv${index + 1}`),
    ),
  );
});

test("files of other networks are refused, each with its reason", async () => {
  const { "classifier.1.bias": bias, ...incomplete } = squeezeNetShapes(3);
  const cases: readonly [Model, Shapes, RegExp][] = [
    [
      squeezeNet({ classes: 4, inputShape }),
      squeezeNetShapes(3),
      /"classifier.1.weight" is \[3, 512, 1, 1\].*conv10\/kernel is \[1, 1, 512, 4\]/u,
    ],
    [squeezeNet({ classes: 3, inputShape }), incomplete, /no tensor for conv10\/bias of squeezenet/u],
    [
      squeezeNet({ classes: 3, inputShape }),
      { ...squeezeNetShapes(3), "features.5.squeeze.bias": bias! },
      /"features.5.squeeze.bias" is of no layer of squeezenet/u,
    ],
    [resnet18({ inputShape }), squeezeNetShapes(3), /"features.0.weight" is of no layer of resnet18/u],
    [resnet18({ inputShape }), { "layer1.0.conv3.weight": [1] }, /stride in another convolution/u],
    [resnet18({ inputShape }), { "features.0.0.weight": [1] }, /pad their windows otherwise/u],
    [resnet18({ inputShape }), { "blocks.0.weight": [1] }, /named as in no network that is known/u],
  ];
  for (const [index, [net, shapes, message]] of cases.entries()) {
    await expect(loadTorchWeights(net, fileOf(`refused-${index}`, shapes))).rejects.toThrow(message);
  }
});
