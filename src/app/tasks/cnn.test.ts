import { expect, test } from "vitest";
import { sequentialNetwork } from "#learning/nn/network.ts";
import { cnnLayers } from "./cnn.ts";

const two = ["cats", "dogs"];
const three = ["brick", "grass", "gravel"];

test("the network of 150 x 150 pictures is the one of the guide", () => {
  const network = sequentialNetwork(cnnLayers({ imageSize: [150, 150], classNames: two, channels: 3 }));
  expect(network.layers.map(({ output }) => output.shape)).toEqual([
    [148, 148, 32],
    [74, 74, 32],
    [72, 72, 64],
    [36, 36, 64],
    [34, 34, 128],
    [17, 17, 128],
    [36992],
    [512],
    [1],
  ]);
});

test("more than two classes get a softmax over all", () => {
  const network = sequentialNetwork(cnnLayers({ imageSize: [28, 28], classNames: three, channels: 1 }));
  expect(network.output.shape).toEqual([3]);
  expect(network.layers.at(-1)?.layer.config.options["activation"]).toBe("softmax");
});

test.each([
  [22, 3],
  [21, 2],
  [10, 2],
  [9, 1],
  [4, 1],
])("pictures of %i pixels get %i blocks", (side, numBlocks) => {
  const built = cnnLayers({ imageSize: [side, 40], classNames: two, channels: 3 });
  expect(built.filter(({ config }) => config.kind === "maxPooling2d")).toHaveLength(numBlocks);
  expect(() => sequentialNetwork(built)).not.toThrow();
});

test("pictures too small for one block are refused", () => {
  expect(() => cnnLayers({ imageSize: [3, 40], classNames: two, channels: 3 })).toThrow(
    /3 x 40 pixels are smaller than its 4 x 4/,
  );
});
