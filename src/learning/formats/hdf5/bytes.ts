// The bytes of an HDF5 file, read with every place checked. Knows no structure of the format.

import { SinterError } from "#engine/base/error.ts";

/** An address that leads nowhere: all bits set. */
export const nowhere: number = Number.MAX_SAFE_INTEGER;

/** Reads numbers one after another; never beyond its end. */
export class Cursor {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  /** Where the next number lies. */
  get at(): number {
    return this.#at;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A length or an address of 8 bytes. @throws format for one beyond 2^53 that is not `nowhere` */
  u64(): number {
    const at = this.#take(8);
    const [low, high] = [this.#view.getUint32(at, true), this.#view.getUint32(at + 4, true)];
    if (low === 0xffffffff && high === 0xffffffff) return nowhere;
    if (high >= 2 ** 21) throw damaged(`a length or address of ${high * 2 ** 32 + low}`);
    return high * 2 ** 32 + low;
  }

  /** A number of 1, 2, 4 or 8 bytes: 2 to the power given. */
  sized(power: number): number {
    return [() => this.u8(), () => this.u16(), () => this.u32(), () => this.u64()][power]?.() ?? nowhere;
  }

  /** A part of the bytes, not a copy. */
  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  skip(length: number): void {
    this.#take(length);
  }

  /** On to the next multiple of 8 bytes after `begin`. */
  align(begin: number): void {
    this.skip((8 - ((this.#at - begin) % 8)) % 8);
  }

  /** @throws format where the next bytes are others */
  expect(signature: string): void {
    const found = new TextDecoder("latin1").decode(this.bytes(signature.length));
    if (found !== signature) throw damaged(`${JSON.stringify(found)} where ${signature} belongs`);
  }

  #take(length: number): number {
    const at = this.#at;
    if (length < 0 || length > this.left) throw damaged(`it ends before ${length} bytes at ${at}`);
    this.#at += length;
    return at;
  }
}

/** A file that contradicts itself. */
export function damaged(what: string): SinterError {
  return new SinterError("format", `HDF5: the file is damaged: ${what}. Save it again.`);
}

/** A file of a kind that is not read. */
export function refused(what: string, advice: string): SinterError {
  return new SinterError("format", `HDF5: ${what}. ${advice}`);
}

/** Texts of the format: UTF-8, or what is no UTF-8 as Latin-1. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder("latin1").decode(bytes);
  }
}
