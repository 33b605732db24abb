// Hashes of whole numbers as TensorFlow makes them: of their decimal digits, or of a row of numbers. Tensors of i32 in and
// out.

import { arange } from "#engine/tensor/create.ts";
import { stack, where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import {
  addWide,
  keptWide,
  moduloWide,
  multiplyWide,
  rotateRightWide,
  shiftRightWide,
  whereWide,
  wide,
  widened,
  xorWide,
  type Wide,
} from "./wide.ts";

/** Digits of the longest i32, and its sign. */
const mostCharacters = 11;
const [k0, k2] = [0xc3a5c85c97cb3127n, 0x9ae16a3b2f90404fn];

/** A number as text: its characters counted from the end, i32 each. */
interface Decimal {
  readonly length: Tensor;
  /** i32 [..., 11] */
  readonly characters: Tensor;
}

/** Counted below 0, where the least i32 has its place too. */
function decimalOf(x: Tensor): Decimal {
  const minus = "-".charCodeAt(0);
  const isNegative = x.less(0);
  let rest = where(isNegative, x, x.neg());
  let length = isNegative.cast("i32");
  const characters: Tensor[] = [];
  for (let digit = 0; digit < mostCharacters; digit += 1) {
    const isDigit = digit === 0 ? rest.lessEqual(0) : rest.less(0);
    const quotient = rest.add(9).floorDiv(10);
    characters.push(where(isDigit, quotient.mul(10).sub(rest).add("0".charCodeAt(0)), minus));
    length = length.add(isDigit.cast("i32"));
    rest = quotient;
  }
  return { length, characters: stack(characters, -1) };
}

/** The character at a place, 0 after the last. @param place i32 or a number */
function characterAt({ length, characters }: Decimal, place: number): Tensor {
  const fromEnd = length.sub(1 + place);
  return where(arange(mostCharacters).equal(fromEnd.expandDims(-1)), characters, 0).sum(-1);
}

/** Four characters as a word, the first the least. */
function wordOf(characters: readonly Tensor[]): Tensor {
  return characters
    .map((character, index) => (index === 0 ? character : character.mul(2 ** (8 * index))))
    .reduce((sum, part) => sum.add(part));
}

function fromEnd({ characters }: Decimal, place: number): Tensor {
  const lead = characters.shape.slice(0, -1);
  return characters.slice([...lead.map(() => 0), place], [...lead, 1]).reshape(lead);
}

/**
 * The bucket of each number: FarmHash's Fingerprint64 of its decimal digits, modulo the buckets; with two words SipHash.
 * @param x i32
 * @param numBuckets up to 2^23
 * @source TensorFlow, strings.to_hash_bucket_fast and to_hash_bucket_strong of as_string
 */
export function hashIntegers(x: Tensor, numBuckets: number, salt?: readonly [number, number]): Tensor {
  const decimal = decimalOf(x);
  const start = [0, 1, 2, 3, 4, 5, 6, 7].map((place) => characterAt(decimal, place));
  const hash = salt === undefined ? fingerprint(decimal, start) : sipHash(decimal, start, salt);
  return moduloWide(hash, numBuckets);
}

/** @source FarmHash, farmhashna::HashLen0to16 */
function fingerprint(decimal: Decimal, start: readonly Tensor[]): Wide {
  const { length } = decimal;
  const multiplier = addWide(wide(k2), narrow(length.mul(2)));
  const last = [7, 6, 5, 4, 3, 2, 1, 0].map((place) => fromEnd(decimal, place));
  const a = addWide({ high: wordOf(start.slice(4)), low: wordOf(start.slice(0, 4)) }, wide(k2));
  const b = { high: wordOf(last.slice(4)), low: wordOf(last.slice(0, 4)) };
  const c = addWide(multiplyWide(rotateRightWide(b, 37), multiplier), a);
  const d = multiplyWide(addWide(rotateRightWide(a, 25), b), multiplier);
  const long = joined(c, d, multiplier);
  const first = addWide(narrow(length), multiplyWide(narrow(wordOf(start.slice(0, 4))), wide(8n)));
  const middle = joined(first, narrow(wordOf(last.slice(4))), multiplier);
  return whereWide(length.greaterEqual(8), long, whereWide(length.greaterEqual(4), middle, short(decimal, start)));
}

/** One to three characters. */
function short(decimal: Decimal, [first, second]: readonly Tensor[]): Wide {
  const { length } = decimal;
  const ends = fromEnd(decimal, 0);
  if (first === undefined || second === undefined) return narrow(length);
  const middle = where(length.equal(1), first, second);
  const y = narrow(first.add(middle.mul(256)));
  const z = narrow(length.add(ends.mul(4)));
  return multiplyWide(shiftMix(xorWide(multiplyWide(y, wide(k2)), multiplyWide(z, wide(k0)))), wide(k2));
}

/** A number from 0 on. */
function narrow(x: Tensor): Wide {
  return { high: x.mul(0), low: x };
}

function shiftMix(x: Wide): Wide {
  return xorWide(x, shiftRightWide(x, 47));
}

function joined(u: Wide, v: Wide, multiplier: Wide): Wide {
  const a = shiftMix(multiplyWide(xorWide(u, v), multiplier));
  return multiplyWide(shiftMix(multiplyWide(xorWide(v, a), multiplier)), multiplier);
}

type SipState = readonly [Wide, Wide, Wide, Wide];

/** @source Aumasson and Bernstein 2012, SipHash: a fast short-input PRF; 2 and 4 rounds */
function sipHash(decimal: Decimal, start: readonly Tensor[], [key0, key1]: readonly [number, number]): Wide {
  const { length } = decimal;
  const [low, high] = [BigInt(key0), BigInt(key1)];
  const begin: SipState = [
    wide(low ^ 0x736f6d6570736575n),
    wide(high ^ 0x646f72616e646f6dn),
    wide(low ^ 0x6c7967656e657261n),
    wide(high ^ 0x7465646279746573n),
  ];
  const isLong = length.greaterEqual(8);
  const rest = [8, 9, 10].map((place) => characterAt(decimal, place));
  const firstWord: Wide = { high: wordOf(start.slice(4)), low: wordOf(start.slice(0, 4)) };
  const restWord = whereWide(isLong, narrow(wordOf(rest)), firstWord);
  const lastWord: Wide = { high: restWord.high.add(length.mul(2 ** 24)), low: restWord.low };
  const mixed = sipBlock(begin, firstWord);
  const before = selectState(isLong, mixed, begin);
  const [a, b, c, d] = sipBlock(before, lastWord);
  const [e, f, g, h] = sipRounds([a, b, xorWide(c, wide(0xffn)), d], 4);
  return xorWide(xorWide(e, f), xorWide(g, h));
}

function selectState(condition: Tensor, [a, b, c, d]: SipState, [e, f, g, h]: SipState): SipState {
  return [
    whereWide(condition, a, e),
    whereWide(condition, b, f),
    whereWide(condition, c, g),
    whereWide(condition, d, h),
  ];
}

function sipBlock([a, b, c, d]: SipState, word: Wide): SipState {
  const [e, f, g, h] = sipRounds([a, b, c, xorWide(d, word)], 2);
  return [xorWide(e, word), f, g, h];
}

function sipRounds(state: SipState, count: number): SipState {
  let [a, b, c, d] = state;
  for (let round = 0; round < count; round += 1) {
    a = addWide(a, b);
    c = addWide(c, d);
    b = xorWide(rotateRightWide(b, 51), a);
    d = xorWide(rotateRightWide(d, 48), c);
    a = addWide(rotateRightWide(a, 32), d);
    c = addWide(c, b);
    d = xorWide(rotateRightWide(d, 43), a);
    b = xorWide(rotateRightWide(b, 47), c);
    [a, b, c, d] = [keptWide(a), keptWide(b), keptWide(rotateRightWide(c, 32)), keptWide(d)];
  }
  return [a, b, c, d];
}

/** Where rows of numbers begin. */
const crossKey = 0xdecafcaffen;

/**
 * The bucket of each row of numbers, one number of each tensor.
 * @param columns i32, of one shape
 * @param numBuckets up to 2^23
 * @source TensorFlow, sparse.cross_hashed and FingerprintCat64
 */
export function crossIntegers(columns: readonly Tensor[], numBuckets: number): Tensor {
  const multiplier = wide(0xc6a4a7935bd1e995n);
  const hash = columns.reduce<Wide>((before, column) => {
    const own = multiplyWide(shiftMix(multiplyWide(widened(column), multiplier)), multiplier);
    const mixed = multiplyWide(xorWide(xorWide(before, multiplier), own), multiplier);
    return shiftMix(multiplyWide(shiftMix(mixed), multiplier));
  }, wide(crossKey));
  return moduloWide(hash, numBuckets);
}
