import { expect, test } from "vitest";
import { resampled } from "./resample.ts";

const sine = (frequency: number, rate: number, length: number) =>
  Float32Array.from({ length }, (_, at) => Math.sin((2 * Math.PI * frequency * at) / rate));

/** The largest difference away from the ends. */
function difference(found: Float32Array, expected: Float32Array): number {
  expect(found).toHaveLength(expected.length);
  const middle = found.subarray(200, -200);
  return middle.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (expected[at + 200] ?? 0))), 0);
}

test.each([8000, 11_025, 44_100, 48_000])("a tone at %i Hz is the same tone at 16,000", (rate) => {
  expect(difference(resampled(sine(440, rate, rate / 5), rate, 16_000), sine(440, 16_000, 3200))).toBeLessThan(5e-3);
});

test("what is too high for the new rate is left out", () => {
  expect(difference(resampled(sine(10_000, 48_000, 9600), 48_000, 16_000), new Float32Array(3200))).toBeLessThan(0.02);
});

test("the same rate gives a copy", () => {
  const sound = Float32Array.of(1, 2, 3);
  expect(resampled(sound, 16_000, 16_000)).toEqual(sound);
  expect(resampled(sound, 16_000, 16_000)).not.toBe(sound);
});
