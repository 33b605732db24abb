// Philox 4x32-10 in the kernel language, with the bits of base/philox.ts. Scalars only.

import { philoxMultipliers, philoxRounds, philoxWeyl } from "#engine/base/philox.ts";
import {
  add,
  binaryValue,
  int,
  multiply,
  selectValue,
  vector,
  type KernelBuilder,
  type Value,
} from "#engine/graph/kernel.ts";
import { and, xor } from "./math-parts.ts";

/** i32 scalars, and the domain that keeps drawn numbers from derived keys. */
export type PhiloxArguments = readonly [key0: Value, key1: Value, stream: Value, domain: number, index: Value];

export type Words = readonly [Value, Value, Value, Value];

/**
 * The word of element `index`, an i32.
 * @source Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC 2011), section 3.3
 */
export function emitPhiloxWord(k: KernelBuilder, ...[key0, key1, stream, domain, index]: PhiloxArguments): Value {
  const place = k.let(index);
  const [a, b, c, d] = emitPhiloxBlock(k, [
    key0,
    key1,
    stream,
    domain,
    binaryValue("shiftRightLogical", place, int(2)),
  ]);
  const isOdd = k.let(and(place, int(1)));
  return selectValue(and(place, int(2)), selectValue(isOdd, d, c), selectValue(isOdd, b, a));
}

/** The words of `lanes` elements from `firstIndex` on, both multiples of 4, as vi32. */
export function emitPhiloxVector(
  k: KernelBuilder,
  lanes: number,
  [key0, key1, stream, domain, firstIndex]: PhiloxArguments,
): Value {
  const first = binaryValue("shiftRightLogical", firstIndex, int(2));
  const blocks = Array.from({ length: lanes / 4 }, (_, block) =>
    emitPhiloxBlock(k, [key0, key1, stream, domain, add(first, int(block))]),
  );
  return vector(blocks.flat());
}

/** The four words of a block. @param source with the block's number for an index */
export function emitPhiloxBlock(k: KernelBuilder, source: PhiloxArguments): Words {
  const [key0, key1] = [k.let(source[0]), k.let(source[1])];
  const product = (index: 0 | 1, word: Value): readonly [high: Value, low: Value] => {
    const factor = int(philoxMultipliers[index] | 0);
    return [binaryValue("multiplyHighUnsigned", word, factor), multiply(word, factor)];
  };
  let words: Words = [k.let(source[4]), k.let(source[2]), int(source[3]), int(0)];
  for (let round = 0; round < philoxRounds; round += 1) {
    const [high0, low0] = product(0, words[0]);
    const [high1, low1] = product(1, words[2]);
    const roundKey0 = add(key0, int(Math.imul(philoxWeyl[0], round)));
    const roundKey1 = add(key1, int(Math.imul(philoxWeyl[1], round)));
    words = [
      k.let(xor(xor(high1, words[1]), roundKey0)),
      k.let(low1),
      k.let(xor(xor(high0, words[3]), roundKey1)),
      k.let(low0),
    ];
  }
  return words;
}
