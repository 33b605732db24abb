// Tensors of a file that go straight to the device: each is read in its turn into one piece of memory, which the device copies.

import { byteSize, type HostArray } from "#engine/base/dtype.ts";
import type { Shape } from "#engine/base/shape.ts";
import { tensorRead } from "#engine/tensor/create.ts";
import { currentQueue } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { ByteSource } from "./byte-source.ts";
import {
  dtypeOf,
  isDirect,
  type NumberRules,
  readValues,
  settleValues,
  type StoredType,
  viewValues,
} from "./stored-values.ts";

/** Where a tensor lies in the file. */
export interface FilePlace {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

export class DeviceReader {
  readonly #source: ByteSource;
  readonly #rules: NumberRules;
  #staging = new Uint8Array(0);
  #failure: unknown;

  constructor(source: ByteSource, rules: NumberRules = {}) {
    this.#source = source;
    this.#rules = rules;
  }

  /** A tensor that will hold what lies there; the source stays open until `finish`. */
  tensor(place: FilePlace): Tensor {
    return tensorRead(place.shape, () => this.#read(place), dtypeOf(place.type));
  }

  /** Waits until all are read. @throws what any of them met */
  async finish(): Promise<void> {
    await currentQueue().enqueue(() => Promise.resolve());
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #read({ name, type, begin, end }: FilePlace): Promise<HostArray> {
    if (this.#failure !== undefined) throw this.#failure;
    const length = end - begin;
    if (this.#staging.length < length) this.#staging = new Uint8Array(Math.ceil(length / 8) * 8);
    const bytes = this.#staging.subarray(0, length);
    try {
      await this.#source.readInto(begin, bytes);
      if (!isDirect(type)) return readValues(type, bytes, name, this.#rules);
      settleValues(type, bytes);
      return viewValues(type, this.#staging, length / byteSize(type));
    } catch (reason) {
      this.#failure = reason;
      throw reason;
    }
  }
}
