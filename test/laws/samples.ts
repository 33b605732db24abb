// Makes sample arguments: from a seed and a Sample the same numbers every time.

import { hostArray, type HostArray } from "#engine/base/dtype.ts";
import { philoxWord } from "#engine/base/philox.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { Sample } from "#engine/graph/primitive.ts";
import { encodeBf16, encodeF16 } from "#engine/base/half.ts";

/** The array of a sample. */
export function makeSample(sample: Sample, seed: number): HostArray {
  const { dtype, shape } = sample.type;
  const size = sizeOf(shape);
  const word = (index: number, stream = 0): number => philoxWord([seed, 1], stream, 0, index) >>> 0;
  const unit = (index: number, stream = 0): number => (word(index, stream) + 0.5) / 2 ** 32;
  const numbers = Array.from({ length: size }, (_, index): number => {
    switch (sample.kind) {
      case "normal": {
        const radius = Math.sqrt(-2 * Math.log(unit(index)));
        return awayFromKinks(radius * Math.cos(2 * Math.PI * unit(index, 1)));
      }
      case "positive":
        return 0.5 + 1.5 * unit(index);
      case "unit":
        return unit(index);
      case "below":
        return Math.floor(unit(index) * (sample.bound ?? 2));
      case "bits":
        return dtype === "bool" ? word(index) & 1 : word(index) | 0;
      case "distinct":
        return dtype === "i32" ? word(index) | 0 : (rankOf(index, size, word) - size / 2 + 0.3) / 4;
      default:
        return sample.kind satisfies never;
    }
  });
  const data = hostArray(dtype, size);
  numbers.forEach((number, index) => {
    if (dtype === "f16") data[index] = encodeF16(number);
    else if (dtype === "bf16") data[index] = encodeBf16(number);
    else data[index] = number;
  });
  return data;
}

/** floor, relu and others have kinks at integers and at halves: finite differences need some room around them. */
function awayFromKinks(value: number): number {
  const kink = Math.round(value * 2) / 2;
  return Math.abs(value - kink) < 0.02 ? kink + 0.04 : value;
}

/** The position of an element in a random order. */
function rankOf(index: number, size: number, word: (index: number) => number): number {
  let rank = 0;
  for (let other = 0; other < size; other += 1) {
    if (word(other) < word(index) || (word(other) === word(index) && other < index)) rank += 1;
  }
  return rank;
}
