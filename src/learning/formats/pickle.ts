// A reader of Python's pickles that builds plain values and nothing else: what a pickle may name and call, its builder
// says; every other name, and every instruction that makes objects, is refused. Nothing is executed.

import { SinterError } from "#engine/base/error.ts";

/** A value of a pickle; `Thing` is what a builder makes. */
export type PickleValue<Thing> =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleList<Thing>
  | PickleDict<Thing>
  | Thing;

export interface PickleList<Thing> {
  readonly kind: "list" | "tuple";
  readonly items: PickleValue<Thing>[];
}

export interface PickleDict<Thing> {
  readonly kind: "dict";
  readonly entries: Map<PickleValue<Thing>, PickleValue<Thing>>;
}

/** What a pickle may name and call. */
export interface PickleBuilder<Thing> {
  /** The thing of a name. @throws format for a name that is not allowed */
  global(module: string, name: string): Thing;
  /** What a call gives. @throws format for what may not be called */
  reduce(callee: PickleValue<Thing>, args: readonly PickleValue<Thing>[]): PickleValue<Thing>;
  /** What lies outside of the pickle. @throws format for what does not */
  persistent(id: PickleValue<Thing>): PickleValue<Thing>;
}

/** Digits of a whole number that is written as text, and bytes of one that is not. */
const maxDigits = 40;
const maxLongBytes = 16;
const maxLineLength = 4096;

/** Whether bytes begin as a pickle of protocol 2 or later. */
export function looksLikePickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5;
}

/**
 * One pickle of protocol 0 to 5.
 * @param start where it begins
 * @returns its value, and the place after it
 * @throws format when it is damaged or asks for more than the builder allows
 */
export function readPickle<Thing extends object>(
  bytes: Uint8Array,
  start: number,
  builder: PickleBuilder<Thing>,
): { readonly value: PickleValue<Thing>; readonly end: number } {
  const reader = new PickleReader(bytes, start, builder);
  return { value: reader.run(), end: reader.place };
}

class PickleReader<Thing extends object> {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #builder: PickleBuilder<Thing>;
  readonly #memo = new Map<number, PickleValue<Thing>>();
  /** The stacks below the last marks. */
  readonly #below: PickleValue<Thing>[][] = [];
  #stack: PickleValue<Thing>[] = [];
  #at: number;

  constructor(bytes: Uint8Array, start: number, builder: PickleBuilder<Thing>) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#builder = builder;
  }

  get place(): number {
    return this.#at;
  }

  run(): PickleValue<Thing> {
    for (;;) {
      const code = this.#uint(1);
      if (code === 0x2e) return this.#pop();
      const isKnown =
        this.#constant(code) || this.#number(code) || this.#text(code) || this.#container(code) || this.#rest(code);
      if (!isKnown) throw damaged(`instruction 0x${code.toString(16)} at byte ${this.#at - 1} is not allowed`);
    }
  }

  #constant(code: number): boolean {
    if (code === 0x4e) this.#push(null);
    else if (code === 0x88 || code === 0x89) this.#push(code === 0x88);
    else if (code === 0x80) this.#uint(1);
    else if (code === 0x95) this.#skip(8);
    else if (code === 0x28) this.#mark();
    else if (code === 0x30) this.#pop();
    else if (code === 0x31) this.#popMark();
    else if (code === 0x32) this.#push(this.#top());
    else return false;
    return true;
  }

  #number(code: number): boolean {
    if (code === 0x4a) this.#push(this.#view.getInt32(this.#skip(4), true));
    else if (code === 0x4b) this.#push(this.#uint(1));
    else if (code === 0x4d) this.#push(this.#uint(2));
    else if (code === 0x8a) this.#push(this.#long(this.#uint(1)));
    else if (code === 0x8b) this.#push(this.#long(this.#uint(4)));
    else if (code === 0x47) this.#push(this.#view.getFloat64(this.#skip(8)));
    else if (code === 0x46) this.#push(Number(this.#line()));
    else if (code === 0x49) this.#push(wholeOrTruth(this.#line()));
    else if (code === 0x4c) this.#push(whole(this.#line().replace(/L$/, "")));
    else return false;
    return true;
  }

  #text(code: number): boolean {
    if (code === 0x58) this.#push(this.#string(this.#uint(4)));
    else if (code === 0x8c) this.#push(this.#string(this.#uint(1)));
    else if (code === 0x8d) this.#push(this.#string(Number(this.#view.getBigUint64(this.#skip(8), true))));
    else if (code === 0x55) this.#push(this.#string(this.#uint(1)));
    else if (code === 0x54) this.#push(this.#string(this.#uint(4)));
    else if (code === 0x56) this.#push(this.#line());
    else if (code === 0x53) this.#push(quoted(this.#line()));
    else return false;
    return true;
  }

  #container(code: number): boolean {
    if (code === 0x5d) this.#push({ kind: "list", items: [] });
    else if (code === 0x29) this.#push({ kind: "tuple", items: [] });
    else if (code === 0x7d) this.#push({ kind: "dict", entries: new Map() });
    else if (code === 0x6c) this.#push({ kind: "list", items: this.#popMark() });
    else if (code === 0x74) this.#push({ kind: "tuple", items: this.#popMark() });
    else if (code >= 0x85 && code <= 0x87) this.#push({ kind: "tuple", items: this.#popMany(code - 0x84) });
    else if (code === 0x64) this.#push(this.#set({ kind: "dict", entries: new Map() }, this.#popMark()));
    else if (code === 0x61) this.#append(this.#popMany(1));
    else if (code === 0x65) this.#append(this.#popMark());
    else if (code === 0x73) this.#set(undefined, this.#popMany(2));
    else if (code === 0x75) this.#set(undefined, this.#popMark());
    else return false;
    return true;
  }

  #rest(code: number): boolean {
    if (code === 0x63) this.#push(this.#builder.global(this.#line(), this.#line()));
    else if (code === 0x93) this.#stackGlobal();
    else if (code === 0x52) this.#reduce();
    else if (code === 0x62) this.#build();
    else if (code === 0x51) this.#push(this.#builder.persistent(this.#pop()));
    else if (code === 0x67) this.#get(Number(this.#line()));
    else if (code === 0x68) this.#get(this.#uint(1));
    else if (code === 0x6a) this.#get(this.#uint(4));
    else if (code === 0x70) this.#memo.set(Number(this.#line()), this.#top());
    else if (code === 0x71) this.#memo.set(this.#uint(1), this.#top());
    else if (code === 0x72) this.#memo.set(this.#uint(4), this.#top());
    else if (code === 0x94) this.#memo.set(this.#memo.size, this.#top());
    else return false;
    return true;
  }

  #stackGlobal(): void {
    const [module, name] = this.#popMany(2);
    if (typeof module !== "string" || typeof name !== "string") throw damaged("a name is no text");
    this.#push(this.#builder.global(module, name));
  }

  #reduce(): void {
    const [callee, args] = this.#popMany(2);
    if (callee === undefined || !isTuple(args)) throw damaged("a call has no arguments");
    this.#push(this.#builder.reduce(callee, args.items));
  }

  /** Attributes that a dictionary carries, such as a state dict's `_metadata`, are left out. */
  #build(): void {
    this.#pop();
    if (!isDict(this.#top())) throw damaged("it sets the state of an object");
  }

  /** A method, since what makes the value may take the stack away. */
  #push(value: PickleValue<Thing>): void {
    this.#stack.push(value);
  }

  #mark(): void {
    this.#below.push(this.#stack);
    this.#stack = [];
  }

  #popMark(): PickleValue<Thing>[] {
    const items = this.#stack;
    const below = this.#below.pop();
    if (below === undefined) throw damaged("a mark is missing");
    this.#stack = below;
    return items;
  }

  #pop(): PickleValue<Thing> {
    const value = this.#stack.pop();
    if (value === undefined) throw damaged("a value is missing");
    return value;
  }

  #top(): PickleValue<Thing> {
    const value = this.#stack.at(-1);
    if (value === undefined) throw damaged("a value is missing");
    return value;
  }

  #popMany(count: number): PickleValue<Thing>[] {
    if (this.#stack.length < count) throw damaged("a value is missing");
    return this.#stack.splice(-count, count);
  }

  #append(items: readonly PickleValue<Thing>[]): void {
    const list = this.#top();
    if (!isList(list)) throw damaged("it adds to what is no list");
    for (const item of items) list.items.push(item);
  }

  #set(given: PickleDict<Thing> | undefined, items: readonly PickleValue<Thing>[]): PickleDict<Thing> {
    const dict = given ?? this.#top();
    if (!isDict(dict) || items.length % 2 !== 0) throw damaged("it sets items of what is no dictionary");
    for (let index = 0; index < items.length; index += 2)
      dict.entries.set(items[index] ?? null, items[index + 1] ?? null);
    return dict;
  }

  #get(place: number): void {
    const value = this.#memo.get(place);
    if (value === undefined) throw damaged(`place ${place} was never stored`);
    this.#push(value);
  }

  /** Passes over bytes; gives where they begin. */
  #skip(count: number): number {
    const begin = this.#at;
    if (!(begin + count <= this.#bytes.length)) throw damaged("it is cut off");
    this.#at += count;
    return begin;
  }

  #uint(size: 1 | 2 | 4): number {
    const at = this.#skip(size);
    if (size === 1) return this.#view.getUint8(at);
    return size === 2 ? this.#view.getUint16(at, true) : this.#view.getUint32(at, true);
  }

  #long(count: number): number | bigint {
    if (count > maxLongBytes) throw damaged(`a whole number of ${count} bytes`);
    const begin = this.#skip(count);
    let value = 0n;
    for (let index = count - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(this.#bytes[begin + index] ?? 0);
    return plain(BigInt.asIntN(Math.max(1, count * 8), value));
  }

  #string(count: number): string {
    const begin = this.#skip(count);
    return decodeText(this.#bytes.subarray(begin, begin + count));
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0 || end - this.#at > maxLineLength) throw damaged("a line is missing");
    const text = this.#string(end - this.#at);
    this.#at = end + 1;
    return text;
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damaged("a text is no UTF-8");
  }
}

/** A number where it is exact. */
function plain(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function whole(text: string): number | bigint {
  if (!/^-?\d+$/.test(text) || text.length > maxDigits) throw damaged("a whole number is none");
  return plain(BigInt(text));
}

/** Protocol 0 writes truths as numbers of two digits. */
function wholeOrTruth(text: string): number | bigint | boolean {
  return text === "00" || text === "01" ? text === "01" : whole(text);
}

/** A text in quotes, without escapes. */
function quoted(line: string): string {
  const [, , text] = /^(['"])([^\\]*)\1$/.exec(line) ?? [];
  if (text === undefined) throw damaged("a text has no quotes");
  return text;
}

function isContainer<Thing extends object>(value: PickleValue<Thing> | undefined): value is Thing & { kind: unknown } {
  return typeof value === "object" && value !== null && "kind" in value;
}

/** A list or tuple. */
export function isList<Thing extends object>(value: PickleValue<Thing> | undefined): value is PickleList<Thing> {
  return isContainer(value) && (value.kind === "list" || value.kind === "tuple");
}

function isTuple<Thing extends object>(value: PickleValue<Thing> | undefined): value is PickleList<Thing> {
  return isContainer(value) && value.kind === "tuple";
}

export function isDict<Thing extends object>(value: PickleValue<Thing> | undefined): value is PickleDict<Thing> {
  return isContainer(value) && value.kind === "dict";
}

function damaged(what: string): SinterError {
  return new SinterError(
    "format",
    `pickle: ${what}. The file is damaged or holds more than tensors; save a state dict.`,
  );
}
