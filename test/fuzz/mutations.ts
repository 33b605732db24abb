// Damages real files in numbered ways and holds a reader to its promise: it reads or refuses with a typed error, within two
// seconds and little memory, and leaves no trace. A failure names its seed and number, which make the same bytes again.

import { SinterError, type ErrorCode } from "#engine/base/error.ts";
import { Measure } from "./measure.ts";

/** A reader and the files that are damaged for it. */
export interface MutatedReader {
  /** Whole files by name: small ones, as the reader's own tests have them. */
  readonly seeds: ReadonlyMap<string, Uint8Array> | Readonly<Record<string, Uint8Array>>;
  /** Reads a damaged file to its end: what it holds lazily too. */
  read(bytes: Uint8Array, seed: string): unknown;
  /** Computes with what was read. Any typed error is a refusal. */
  run?(read: unknown): Promise<void>;
  /** Makes a file of damaged contents, for checksums and packing that would hide all damage: a zip file, say. */
  wrap?(contents: Uint8Array, seed: string): Uint8Array;
  /** How many files; 300 in `npm test`, 10,000 in `npm run fuzz`. */
  readonly count: number;
  /** The first number; default 0. */
  readonly first?: number;
  /** Codes besides `format`, `limit` and `file` that the reader may throw. */
  readonly codes?: readonly ErrorCode[];
}

/** What became of the files. */
export interface MutationCounts {
  readonly numSeeds: number;
  readonly numRead: number;
  readonly numRefused: number;
  /** Of those read, how many were also run to their end. */
  readonly numRun: number;
  /** Of this process, on all of its threads. */
  readonly cpuSeconds: number;
  /** The most that one file took. */
  readonly peakBytes: number;
}

/** Of this process's time, so that other work on the machine does not count. */
const maxCpuMs = 2000;
const mebibyte = 2 ** 20;

/** The most that a reader may take: 64 MiB and four times the file. */
function allowedBytes(file: Uint8Array): number {
  return 64 * mebibyte + 4 * file.length;
}

/** Different faults that are told. */
const maxFaults = 10;

/** @throws Error for files that break the promise, with their seeds and numbers: one for each place where an error came from */
export async function surviveMutations(reader: MutatedReader): Promise<MutationCounts> {
  const seeds = [...(reader.seeds instanceof Map ? reader.seeds : new Map(Object.entries(reader.seeds)))];
  if (seeds.length === 0) throw new Error("Nothing to damage.");
  // What the first reading loads and compiles is no reader's memory; and a seed must itself be read.
  for (const [name, bytes] of seeds) {
    await reader.read(reader.wrap?.(bytes, name) ?? bytes, name);
    if (reader.run !== undefined) await readOrRefuse(reader, reader.wrap?.(bytes, name) ?? bytes, name);
  }
  let [numRead, numRun, cpuMs, peakBytes] = [0, 0, 0, 0];
  const faults = new Map<string, string>();
  for (let index = 0; index < reader.count; index += 1) {
    const number = (reader.first ?? 0) + index;
    const [name, seed] = seeds[number % seeds.length] ?? ["", new Uint8Array(0)];
    const mutated = mutate(seed, number, seeds[(number * 7 + 3) % seeds.length]?.[1] ?? seed);
    const file = reader.wrap?.(mutated.bytes, name) ?? mutated.bytes;
    const tried = await tryFile(reader, file, name);
    if (tried.fault !== undefined) {
      const [, place = tried.fault] = tried.fault.split("\n    at ").filter((line) => !line.includes("<anonymous>"));
      if (!faults.has(place)) faults.set(place, `seed ${name}, number ${number} (${mutated.how}): ${tried.fault}`);
      if (faults.size === maxFaults) break;
    }
    numRead += Number(tried.outcome !== "refused");
    numRun += Number(tried.outcome === "run");
    cpuMs += tried.cpuMs;
    peakBytes = Math.max(peakBytes, tried.peakBytes);
  }
  if (faults.size > 0) throw new Error([...faults.values()].join("\n"));
  const numRefused = reader.count - numRead;
  return { numSeeds: seeds.length, numRead, numRefused, numRun, cpuSeconds: cpuMs / 1000, peakBytes };
}

type Outcome = "read" | "run" | "refused";

interface Tried {
  readonly outcome: Outcome | undefined;
  readonly cpuMs: number;
  readonly peakBytes: number;
  /** What went wrong. */
  readonly fault: string | undefined;
}

async function tryFile(reader: MutatedReader, file: Uint8Array, name: string): Promise<Tried> {
  const measure = new Measure();
  const outcome = await readOrRefuse(reader, file, name);
  const [cpuMs, peakBytes] = [measure.cpuMs(), measure.peakBytes()];
  const faultOf = (): string | undefined => {
    if (typeof outcome !== "string") return outcome.fault;
    if (cpuMs > maxCpuMs) return `took ${Math.round(cpuMs)} ms`;
    if (peakBytes > allowedBytes(file)) return `took ${Math.round(peakBytes / mebibyte)} MiB for ${file.length} bytes`;
    return isPolluted() ? "polluted the prototype of all objects" : undefined;
  };
  return { outcome: typeof outcome === "string" ? outcome : undefined, cpuMs, peakBytes, fault: faultOf() };
}

async function readOrRefuse(
  reader: MutatedReader,
  file: Uint8Array,
  name: string,
): Promise<Outcome | { readonly fault: string }> {
  const codes: readonly ErrorCode[] = ["format", "limit", "file", ...(reader.codes ?? [])];
  let read: unknown;
  try {
    read = await reader.read(file, name);
  } catch (error) {
    return error instanceof SinterError && codes.includes(error.code) ? "refused" : { fault: faultText(error) };
  }
  if (reader.run === undefined) return "read";
  try {
    await reader.run(read);
    return "run";
  } catch (error) {
    return error instanceof SinterError && error.code !== "bug" ? "read" : { fault: faultText(error) };
  }
}

function faultText(error: unknown): string {
  return `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** Whether plain objects have gained a property. */
function isPolluted(): boolean {
  const fresh: Record<string, unknown> = {};
  if (fresh["polluted"] !== undefined) return true;
  for (const _ in fresh) return true;
  return false;
}

/** A damaged copy of a file; the same for the same seed and number. */
export function mutate(
  seed: Uint8Array,
  number: number,
  other: Uint8Array = seed,
): { readonly bytes: Uint8Array; readonly how: string } {
  const random = new Random(number);
  const kind = kinds[number % kinds.length] ?? flipBits;
  const bytes = kind(Uint8Array.from(seed), random, other);
  return { bytes, how: kind.name };
}

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

/** mulberry32: small, and the same everywhere. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
  }

  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  }

  /** A place in a file; half of them near its beginning or its end, where headers and directories are. */
  place(length: number): number {
    const near = Math.min(length, 256);
    const choice = this.below(4);
    if (choice === 0) return this.below(near);
    if (choice === 1) return length - near + this.below(near);
    return this.below(length);
  }

  of<Item>(list: readonly [Item, ...Item[]]): Item {
    return list[this.below(list.length)] ?? list[0];
  }
}

function cutShort(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(0, random.place(bytes.length));
}

function cutFront(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(random.below(Math.min(bytes.length, 64)));
}

function flipBits(bytes: Uint8Array, random: Random): Uint8Array {
  for (let left = random.of([1, 1, 2, 4, 16, 64]); left > 0; left -= 1) {
    const place = random.place(bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << random.below(8));
  }
  return bytes;
}

function setBytes(bytes: Uint8Array, random: Random): Uint8Array {
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    bytes[random.place(bytes.length)] = random.of([0, 1, 0x7f, 0x80, 0xff, 0x20, 0x22, 0x2e, 0x7b]);
  }
  return bytes;
}

/** Numbers of 2, 4 or 8 bytes become others: counts, sizes and offsets of binary formats, both byte orders. */
function inflateNumbers(bytes: Uint8Array, random: Random): Uint8Array {
  const view = new DataView(bytes.buffer);
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const size = random.of([2, 4, 4, 8]);
    const step = random.of([1, size]);
    const place = Math.floor(random.place(bytes.length - size) / step) * step;
    if (place < 0 || place + size > bytes.length) continue;
    const little = random.below(4) > 0;
    const old = size === 8 ? view.getBigUint64(place, little) : BigInt(readUint(view, place, size, little));
    const next = random.of([
      old + 1n,
      old - 1n,
      old * 2n,
      old * 1000n,
      0n,
      -1n,
      1n << 31n,
      1n << 33n,
      1n << 62n,
      0x7fffn,
    ]);
    if (size === 8) view.setBigUint64(place, BigInt.asUintN(64, next), little);
    else if (size === 4) view.setUint32(place, Number(BigInt.asUintN(32, next)), little);
    else view.setUint16(place, Number(BigInt.asUintN(16, next)), little);
  }
  return bytes;
}

function readUint(view: DataView, place: number, size: number, little: boolean): number {
  return size === 4 ? view.getUint32(place, little) : view.getUint16(place, little);
}

/** Two numbers of the file change places. */
function swapNumbers(bytes: Uint8Array, random: Random): Uint8Array {
  const size = random.of([1, 2, 4, 8]);
  const [a, b] = [random.place(bytes.length), random.place(bytes.length)];
  if (Math.max(a, b) + size > bytes.length) return bytes;
  const [left, right] = [bytes.slice(a, a + size), bytes.slice(b, b + size)];
  bytes.set(right, a);
  bytes.set(left, b);
  return bytes;
}

/** A run of digits in a text becomes another number: shapes, offsets, versions. */
function inflateText(bytes: Uint8Array, random: Random): Uint8Array {
  const runs = runsOf(bytes, isDigit, 1);
  const run = runs[random.below(runs.length)];
  if (run === undefined) return flipBits(bytes, random);
  const numbers = [
    "0",
    "-1",
    "1e999",
    "999999999",
    "2147483648",
    "4294967297",
    "9007199254740993",
    "1e308",
    "0.5",
    "null",
    "[]",
  ];
  return replaced(bytes, run, numbers[random.below(numbers.length)] ?? "");
}

/** A name in the file becomes a hostile one; where the format counts its bytes, of the same length. */
function hostileName(bytes: Uint8Array, random: Random): Uint8Array {
  const runs = runsOf(bytes, isNameByte, 3);
  const run = runs[random.below(runs.length)];
  if (run === undefined) return flipBits(bytes, random);
  const name = hostileNames[random.below(hostileNames.length)] ?? "";
  const length = run.end - run.begin;
  const keepsLength = random.below(2) === 0;
  return replaced(bytes, run, keepsLength ? name.padEnd(length, "_").slice(0, length) : name);
}

const hostileNames: readonly string[] = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "__proto__.polluted",
  "constructor.prototype.polluted",
  "../../outside",
  "/etc/passwd",
  "C:\\outside",
  "..\\outside",
  "a\0b",
  "",
  ".",
  "\u202e",
  "os\nsystem",
  "eval",
  "x".repeat(5000),
  "%2e%2e%2f",
  '","__proto__":{"polluted":1},"',
];

function repeatBlock(bytes: Uint8Array, random: Random): Uint8Array {
  const begin = random.place(bytes.length);
  const block = bytes.slice(begin, begin + 1 + random.below(64));
  const times = random.of([1, 2, 40]);
  return joined([bytes.slice(0, begin), ...Array.from({ length: times }, () => block), bytes.slice(begin)]);
}

function removeBlock(bytes: Uint8Array, random: Random): Uint8Array {
  const begin = random.place(bytes.length);
  return joined([bytes.slice(0, begin), bytes.slice(begin + 1 + random.below(64))]);
}

function fillBlock(bytes: Uint8Array, random: Random): Uint8Array {
  const begin = random.place(bytes.length);
  return bytes.fill(random.of([0, 0xff, 0x41]), begin, begin + 1 + random.below(128));
}

/** The beginning of one file and the end of another. */
function splice(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  return joined([bytes.slice(0, random.place(bytes.length)), other.slice(random.place(other.length))]);
}

const kinds: readonly Mutation[] = [
  cutShort,
  flipBits,
  inflateNumbers,
  hostileName,
  inflateText,
  swapNumbers,
  setBytes,
  repeatBlock,
  removeBlock,
  fillBlock,
  splice,
  cutFront,
  inflateNumbers,
];

interface Run {
  readonly begin: number;
  readonly end: number;
}

/** Where bytes of a kind follow one another, the first thousand times. */
function runsOf(bytes: Uint8Array, isOf: (byte: number) => boolean, atLeast: number): readonly Run[] {
  const runs: Run[] = [];
  let begin = 0;
  for (let at = 0; at <= bytes.length && runs.length < 1000; at += 1) {
    if (at < bytes.length && isOf(bytes[at] ?? 0)) continue;
    if (at - begin >= atLeast) runs.push({ begin, end: at });
    begin = at + 1;
  }
  return runs;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isNameByte(byte: number): boolean {
  return (
    isDigit(byte) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f || byte === 0x2e
  );
}

function replaced(bytes: Uint8Array, { begin, end }: Run, text: string): Uint8Array {
  return joined([bytes.slice(0, begin), new TextEncoder().encode(text), bytes.slice(end)]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
