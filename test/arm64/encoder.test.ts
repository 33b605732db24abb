// Every instruction form, over classes of registers and immediates: objdump reads from the words what was meant.
import { describe, expect, test } from "vitest";
import { forms } from "#engine/target/arm64/forms.ts";
import { bitPattern } from "#engine/target/arm64/bit-pattern.ts";
import type { Instruction } from "#engine/target/machine/instruction.ts";
import { maskOf } from "./emulator.ts";
import { multiples, samples } from "./samples.ts";
import { digitsOf, goldenTexts, wordsOf } from "./words.ts";

const golden = goldenTexts();
const all = samples();

function textsOf(instruction: Instruction): string[] {
  return wordsOf(instruction).map((word) => golden.get(digitsOf(word)) ?? `${digitsOf(word)} is not in the list`);
}

describe("single words", () => {
  test.each(Object.keys(forms).filter((name) => name !== "constant"))("%s", (name) => {
    const own = all.filter(({ instruction }) => instruction.name === name);
    expect(own.length).toBeGreaterThan(0);
    expect(own.map(({ instruction }) => textsOf(instruction))).toEqual(own.map(({ text }) => [text]));
  });
});

test.each(multiples)("$name $immediate of $bits bits", ({ texts, ...instruction }) => {
  expect(textsOf(instruction)).toEqual(texts);
});

test("every pattern of bits that logical instructions take", () => {
  for (const size of [2, 4, 8, 16, 32]) {
    for (let ones = 1; ones < size; ones += 1) {
      for (let turn = 0; turn < size; turn += 1) {
        const value = Array.from({ length: 32 }, (_, bit) => ((bit + turn) % size < ones ? 2 ** bit : 0));
        const mask = value.reduce((sum, bit) => sum + bit, 0);
        expect(maskOf((bitPattern(mask | 0) ?? 0) << 10)).toBe(mask);
      }
    }
  }
  expect([0, -1, 5, 0x12345678].map(bitPattern)).toEqual([undefined, undefined, undefined, undefined]);
});
