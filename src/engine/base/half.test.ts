import { expect, test } from "vitest";
import { decodeBf16, decodeF16, encodeBf16, encodeF16, roundBf16, roundF16 } from "#engine/base/half.ts";

test("every f16 is its own nearest", () => {
  for (let bits = 0; bits < 65536; bits += 1) {
    const value = decodeF16(bits);
    if (Number.isNaN(value)) expect(encodeF16(value) & 0x7c00).toBe(0x7c00);
    else if (encodeF16(value) !== bits || !Object.is(roundF16(value), value)) expect.fail(`${bits} is ${value}`);
  }
});

test("every bf16 is its own nearest", () => {
  for (let bits = 0; bits < 65536; bits += 1) {
    const value = decodeBf16(bits);
    if (!Number.isNaN(value) && (encodeBf16(value) !== bits || roundBf16(value) !== value)) expect.fail(`${bits}`);
  }
});

test("halves go to the even neighbour, what is too large to infinity", () => {
  expect(roundF16(2049)).toBe(2048);
  expect(roundF16(2051)).toBe(2052);
  expect(roundF16(65519)).toBe(65504);
  expect(roundF16(-65520)).toBe(-Infinity);
  expect(roundF16(2 ** -25)).toBe(0);
  expect(roundF16(3 * 2 ** -25)).toBe(2 ** -23);
  expect(roundBf16(1 + 2 ** -8)).toBe(1);
  expect(roundBf16(1 + 3 * 2 ** -8)).toBe(1 + 2 ** -6);
});
