// Hashes of texts that give the same bits as TensorFlow's: FarmHash's Fingerprint64, and SipHash-2-4 with a key.

const [k0, k1, k2] = [0xc3a5c85c97cb3127n, 0xb492b66fbe98f273n, 0x9ae16a3b2f90404fn];

/**
 * The bucket of a text.
 * @param salt two words: another hash for each, with which nobody can choose texts that meet in a bucket
 * @source TensorFlow, strings.to_hash_bucket_fast and to_hash_bucket_strong
 */
export function hashBucket(text: string, numBuckets: number, salt?: readonly [number, number]): number {
  const bytes = new TextEncoder().encode(text);
  const hash = salt === undefined ? fingerprint64(bytes) : sipHash(bytes, BigInt(salt[0]), BigInt(salt[1]));
  return Number(hash % BigInt(numBuckets));
}

/** @source FarmHash, farmhashna::Hash64 */
export function fingerprint64(bytes: Uint8Array): bigint {
  const { length } = bytes;
  if (length <= 16) return hashShort(bytes);
  if (length <= 32) return hashOf32(bytes);
  return length <= 64 ? hashOf64(bytes) : hashLong(bytes);
}

function wrap(x: bigint): bigint {
  return BigInt.asUintN(64, x);
}

function rotateRight(x: bigint, count: bigint): bigint {
  return wrap((x >> count) | (x << (64n - count)));
}

function shiftMix(x: bigint): bigint {
  return x ^ (x >> 47n);
}

/** So many bytes as a number, the first the least. */
function fetch(bytes: Uint8Array, start: number, count = 8): bigint {
  let value = 0n;
  for (let index = count - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(bytes[start + index] ?? 0);
  return value;
}

function joined(u: bigint, v: bigint, multiplier: bigint): bigint {
  const a = shiftMix(wrap((u ^ v) * multiplier));
  return wrap(shiftMix(wrap((v ^ a) * multiplier)) * multiplier);
}

function hashShort(bytes: Uint8Array): bigint {
  const { length } = bytes;
  const multiplier = k2 + BigInt(2 * length);
  if (length >= 8) {
    const a = wrap(fetch(bytes, 0) + k2);
    const b = fetch(bytes, length - 8);
    const c = wrap(rotateRight(b, 37n) * multiplier + a);
    return joined(c, wrap((rotateRight(a, 25n) + b) * multiplier), multiplier);
  }
  if (length >= 4) {
    const first = BigInt(length) + (fetch(bytes, 0, 4) << 3n);
    return joined(first, fetch(bytes, length - 4, 4), multiplier);
  }
  if (length === 0) return k2;
  const y = fetch(bytes, 0, 1) + (fetch(bytes, length >> 1, 1) << 8n);
  const z = BigInt(length) + (fetch(bytes, length - 1, 1) << 2n);
  return wrap(shiftMix(wrap(y * k2) ^ wrap(z * k0)) * k2);
}

function hashOf32(bytes: Uint8Array): bigint {
  const { length } = bytes;
  const multiplier = k2 + BigInt(2 * length);
  const a = wrap(fetch(bytes, 0) * k1);
  const b = fetch(bytes, 8);
  const c = wrap(fetch(bytes, length - 8) * multiplier);
  const d = wrap(fetch(bytes, length - 16) * k2);
  const u = wrap(rotateRight(wrap(a + b), 43n) + rotateRight(c, 30n) + d);
  return joined(u, wrap(a + rotateRight(wrap(b + k2), 18n) + c), multiplier);
}

function hashOf64(bytes: Uint8Array): bigint {
  const { length } = bytes;
  const multiplier = k2 + BigInt(2 * length);
  const a = wrap(fetch(bytes, 0) * k2);
  const b = fetch(bytes, 8);
  const c = wrap(fetch(bytes, length - 8) * multiplier);
  const d = wrap(fetch(bytes, length - 16) * k2);
  const y = wrap(rotateRight(wrap(a + b), 43n) + rotateRight(c, 30n) + d);
  const z = joined(y, wrap(a + rotateRight(wrap(b + k2), 18n) + c), multiplier);
  const e = wrap(fetch(bytes, 16) * multiplier);
  const f = fetch(bytes, 24);
  const g = wrap((y + fetch(bytes, length - 32)) * multiplier);
  const h = wrap((z + fetch(bytes, length - 24)) * multiplier);
  const u = wrap(rotateRight(wrap(e + f), 43n) + rotateRight(g, 30n) + h);
  return joined(u, wrap(e + rotateRight(wrap(f + a), 18n) + g), multiplier);
}

interface LongState {
  x: bigint;
  y: bigint;
  z: bigint;
  v: readonly [bigint, bigint];
  w: readonly [bigint, bigint];
}

function hashLong(bytes: Uint8Array): bigint {
  const last = bytes.length - 1;
  const y = wrap(81n * k1 + 113n);
  const state: LongState = {
    x: wrap(81n * k2 + fetch(bytes, 0)),
    y,
    z: wrap(shiftMix(wrap(y * k2 + 113n)) * k2),
    v: [0n, 0n],
    w: [0n, 0n],
  };
  const end = last - (last % 64);
  for (let start = 0; start < end; start += 64) mixBlock(state, bytes, start, { multiplier: k1, factor: 1n });
  const multiplier = wrap(k1 + ((state.z & 0xffn) << 1n));
  const first = wrap(state.w[0] + BigInt(last % 64));
  state.v = [wrap(state.v[0] + first), state.v[1]];
  state.w = [wrap(first + state.v[0]), state.w[1]];
  mixBlock(state, bytes, last - 63, { multiplier, factor: 9n });
  const { x, z, v, w } = state;
  const u = wrap(joined(v[0], w[0], multiplier) + shiftMix(state.y) * k0 + z);
  return joined(u, wrap(joined(v[1], w[1], multiplier) + x), multiplier);
}

/** 64 bytes into the state; factor is 9 for the last ones. */
function mixBlock(
  state: LongState,
  bytes: Uint8Array,
  start: number,
  { multiplier, factor }: { readonly multiplier: bigint; readonly factor: bigint },
): void {
  const { v, w } = state;
  const word = (offset: number): bigint => fetch(bytes, start + offset);
  const x = wrap(rotateRight(wrap(state.x + state.y + v[0] + word(8)), 37n) * multiplier) ^ wrap(w[1] * factor);
  const turned = wrap(rotateRight(wrap(state.y + v[1] + word(48)), 42n) * multiplier);
  const y = wrap(turned + v[0] * factor + word(40));
  const z = wrap(rotateRight(wrap(state.z + w[0]), 33n) * multiplier);
  state.v = weakHash(bytes, start, wrap(v[1] * multiplier), wrap(x + w[0]));
  state.w = weakHash(bytes, start + 32, wrap(z + w[1]), wrap(y + word(16)));
  state.x = z;
  state.y = y;
  state.z = x;
}

function weakHash(bytes: Uint8Array, start: number, a: bigint, b: bigint): readonly [bigint, bigint] {
  const [w, x, y, z] = [0, 8, 16, 24].map((offset) => fetch(bytes, start + offset));
  const first = wrap(a + (w ?? 0n));
  const second = rotateRight(wrap(b + first + (z ?? 0n)), 21n);
  const sum = wrap(first + (x ?? 0n) + (y ?? 0n));
  return [wrap(sum + (z ?? 0n)), wrap(second + rotateRight(sum, 44n) + first)];
}

/** @source Aumasson and Bernstein 2012, SipHash: a fast short-input PRF */
export function sipHash(bytes: Uint8Array, key0: bigint, key1: bigint): bigint {
  const [low, high] = [wrap(key0), wrap(key1)];
  let state: SipState = [
    low ^ 0x736f6d6570736575n,
    high ^ 0x646f72616e646f6dn,
    low ^ 0x6c7967656e657261n,
    high ^ 0x7465646279746573n,
  ];
  const { length } = bytes;
  for (let start = 0; start + 8 <= length; start += 8) state = sipBlock(state, fetch(bytes, start));
  const rest = fetch(bytes, length - (length % 8), length % 8) | (BigInt(length % 256) << 56n);
  const [a, b, c, d] = sipBlock(state, rest);
  state = sipRounds([a, b, c ^ 0xffn, d], 4);
  return state[0] ^ state[1] ^ state[2] ^ state[3];
}

type SipState = readonly [bigint, bigint, bigint, bigint];

function sipBlock([a, b, c, d]: SipState, word: bigint): SipState {
  const [e, f, g, h] = sipRounds([a, b, c, d ^ word], 2);
  return [e ^ word, f, g, h];
}

function sipRounds(state: SipState, count: number): SipState {
  let [a, b, c, d] = state;
  for (let round = 0; round < count; round += 1) {
    a = wrap(a + b);
    c = wrap(c + d);
    b = rotateRight(b, 51n) ^ a;
    d = rotateRight(d, 48n) ^ c;
    a = rotateRight(a, 32n);
    a = wrap(a + d);
    c = wrap(c + b);
    d = rotateRight(d, 43n) ^ a;
    b = rotateRight(b, 47n) ^ c;
    c = rotateRight(c, 32n);
  }
  return [a, b, c, d];
}
