// Philox in the kernel language gives the bits of base/philox.ts.
import { expect, test } from "vitest";
import { philoxWord } from "#engine/base/philox.ts";
import { binaryValue, int, type Value } from "#engine/graph/kernel.ts";
import { compute } from "../../../test/kernels/elementwise.ts";
import { emitPhiloxVector, emitPhiloxWord } from "./math-philox.ts";

const key = [0x12345678, -0x6789abcd] as const;
const [stream, domain, first] = [-77, 1, 0x7ffffff0];
const source = [int(key[0]), int(key[1]), int(stream), domain] as const;
const places = Int32Array.from({ length: 256 }, (_, index) => (first + index) | 0);
const expected = places.map((place) => philoxWord(key, stream, domain, place));

test.for(["wasm", "fused"] as const)("words are those of the generator: %s", (machine) => {
  const words = compute(machine, (k, place) => emitPhiloxWord(k, ...source, place), [places], places.slice());
  expect(words).toEqual(expected);
});

test.for(["wasm vectors", "fused vectors"] as const)("vectors hold four consecutive words: %s", (machine) => {
  const firstOf = (chunk: Value): Value => binaryValue("add", binaryValue("shiftLeft", chunk, int(2)), int(first));
  const words = compute(machine, (k) => emitPhiloxVector(k, 4, [...source, firstOf(k.chunk)]), [], places.slice());
  expect(words).toEqual(expected);
});
