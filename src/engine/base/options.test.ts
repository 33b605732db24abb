// Wrong options name the right ones.

import { expect, test } from "vitest";
import { camelCase, checkOptions, choice, integer, nearest, numberWithin, pair, perAxis } from "./options.ts";

test.each([
  ["pool_size", "Write poolSize."],
  ["poolsize", "Write poolSize."],
  ["stride", "Write strides."],
  ["colour", "It takes poolSize, strides, padding."],
])("option %s: %s", (name, advice) => {
  expect(() => checkOptions("maxPooling2d", { [name]: 1 }, ["poolSize", "strides", "padding"])).toThrow(advice);
});

test("known options pass, undefined ones too", () => {
  expect(() => checkOptions("dense", { units: 3, activation: undefined }, ["units", "activation"])).not.toThrow();
});

test("a choice names the nearest", () => {
  expect(choice("dense", "activation", "relu", ["relu", "softmax"])).toBe("relu");
  expect(() => choice("dense", "activation", "log_softmax", ["relu", "logSoftmax"])).toThrow('Write "logSoftmax".');
  expect(() => choice("dense", "activation", "sofmax", ["relu", "softmax"])).toThrow('Write "softmax".');
  expect(() => choice("dense", "activation", 7, ["relu", "softmax"])).toThrow("Use one of relu, softmax.");
});

test("numbers are bounded", () => {
  expect(integer("dense", "units", 3)).toBe(3);
  expect(() => integer("dense", "units", 2.5)).toThrow("units is 2.5. Give an integer of at least 1.");
  expect(() => numberWithin("dropout", "rate", Number.NaN, 0, 1)).toThrow("rate is NaN. Give a number from 0 up to 1.");
  expect(pair("conv2d", "kernelSize", 3)).toEqual([3, 3]);
  expect(pair("conv2d", "kernelSize", [3, 5])).toEqual([3, 5]);
  expect(() => pair("conv2d", "kernelSize", [3])).toThrow("Give an integer or [height, width].");
  expect(perAxis("conv3d", "kernelSize", 3, { numAxes: 3 })).toEqual([3, 3, 3]);
  expect(perAxis("conv1d", "kernelSize", [3], { numAxes: 1 })).toEqual([3]);
  expect(() => perAxis("conv1d", "kernelSize", [3, 3], { numAxes: 1 })).toThrow("[3,3]. Give an integer.");
  expect(() => perAxis("conv3d", "strides", [1, 0, 1], { numAxes: 3 })).toThrow(
    "strides is 0. Give an integer of at least 1.",
  );
});

test("names", () => {
  expect(camelCase("batch_size")).toBe("batchSize");
  expect(camelCase("batchSize")).toBe("batchSize");
  expect(nearest("Dropuot", ["dense", "dropout"])).toBe("dropout");
  expect(nearest("x", ["dense", "dropout"])).toBeUndefined();
});
