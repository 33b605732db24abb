import { expect, test } from "vitest";
import { imageSize, oneOf, oneOfOrFile, positive, share, wholeNumber } from "./arguments.ts";
import { cliTexts } from "./texts.ts";

const texts = cliTexts("en");

test("an image size is height x width, or one side for both", () => {
  expect(imageSize(texts)("150x200")).toEqual([150, 200]);
  expect(imageSize(texts)("64")).toEqual([64, 64]);
});

test.each(["0", "0x10", "10x", "x10", "-5x5", "1.5x2", "10x20x30", "", "a", "99999x1"])("no image size: %j", (text) => {
  expect(() => imageSize(texts)(text)).toThrow(/height x width/);
});

test.each(["0", "-1", "1.5", "", "ten", "1e999"])("no whole number of at least 1: %j", (text) => {
  expect(() => wholeNumber(texts, 1)(text)).toThrow(/at least 1/);
});

test("numbers", () => {
  expect(wholeNumber(texts, 0)("0")).toBe(0);
  expect(share(texts)("0.2")).toBe(0.2);
  expect(positive(texts)("1e-3")).toBe(0.001);
  for (const text of ["0", "1", "", "-0.1", "x"]) expect(() => share(texts)(text)).toThrow(/share/);
  for (const text of ["0", "", "-1", "Infinity", "NaN"]) expect(() => positive(texts)(text)).toThrow(/above 0/);
});

test("a misspelt word gets the nearest one, a file passes by its ending", () => {
  expect(oneOf(texts, ["wasm", "js"])("js")).toBe("js");
  expect(() => oneOf(texts, ["auto", "wasm", "js"])("wasn")).toThrow(/Did you mean wasm/);
  expect(() => oneOf(texts, ["auto", "wasm", "js"])("cuda")).toThrow(/Use one of auto, wasm, js/);
  expect(oneOfOrFile(texts, ["cnn"], [".ts"])("my/model.ts")).toBe("my/model.ts");
  expect(() => oneOfOrFile(texts, ["cnn"], [".ts", ".js"])("cn")).toThrow(/Did you mean cnn.*ends in .ts or .js/);
});
