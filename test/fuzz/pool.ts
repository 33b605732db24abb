// The nodes of a random graph so far, and what is known of their values: bounds keep numbers finite, exactness keeps
// functions that jump away from values that rounding moves.

import type { DType, HostArray } from "#engine/base/dtype.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { Node, TensorType } from "#engine/graph/graph.ts";
import type { Sample } from "#engine/graph/primitive.ts";
import * as ops from "#engine/ops/index.ts";
import { makeSample } from "../laws/samples.ts";
import type { Choices } from "./choices.ts";

export interface Entry {
  readonly node: Node;
  /** The largest magnitude that values can have. */
  readonly bound: number;
  /** Equal in float32 and in float64, whatever the order of operations. */
  readonly isExact: boolean;
}

export type Test = (entry: Entry) => boolean;

const extents = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 33, 64, 100];
const largest = 4096;

export class Pool {
  readonly choices: Choices;
  readonly entries: Entry[] = [];
  readonly parameters: Node[] = [];
  readonly args: HostArray[] = [];
  readonly #seed: number;
  /** Whether functions with kinks may take values that rounding moves: not when gradients are compared. */
  readonly allowsKinks: boolean;

  constructor(choices: Choices, seed: number, allowsKinks: boolean) {
    this.choices = choices;
    this.#seed = seed;
    this.allowsKinks = allowsKinks;
  }

  shape(minRank = 0, maxRank = 4): number[] {
    const rank = this.choices.between(minRank, maxRank);
    const shape = Array.from({ length: rank }, () => this.choices.of(extents));
    while (sizeOf(shape) > largest) shape[shape.indexOf(Math.max(...shape))] = 2;
    if (rank > 0 && this.choices.chance(40)) shape[this.choices.below(rank)] = 0;
    return shape;
  }

  parameter(type: TensorType, bound = 10): Entry {
    const sample: Sample =
      type.dtype === "i32" || type.dtype === "u8" || type.dtype === "bool"
        ? { kind: "below", bound: type.dtype === "bool" ? 2 : bound, type }
        : { kind: "normal", type };
    return this.hold(type, makeSample(sample, this.sampleSeed), type.dtype === "bool" ? 1 : Math.max(bound, 6));
  }

  /** Of the next parameter. */
  get sampleSeed(): number {
    return this.#seed + this.parameters.length + 1;
  }

  /** A parameter with values of one's own. */
  hold(type: TensorType, values: HostArray, bound: number): Entry {
    const node = ops.parameter(type);
    this.parameters.push(node);
    this.args.push(values);
    return this.add(node, bound, true);
  }

  add(node: Node, bound: number, isExact: boolean): Entry {
    const entry = { node, bound, isExact };
    this.entries.push(entry);
    return entry;
  }

  /** An entry that passes the test, mostly a late one; a new parameter when there is none. */
  pick(dtype: DType, test: Test = () => true, minRank = 0): Entry {
    const fitting = this.entries.filter(
      (entry) => entry.node.type.dtype === dtype && entry.node.type.shape.length >= minRank && test(entry),
    );
    if (fitting.length === 0 || this.choices.chance(12)) {
      const shape = this.shape(minRank);
      const fresh = this.parameter({ dtype, shape });
      return test(fresh) || fitting.length === 0 ? fresh : this.choices.of(fitting);
    }
    const late = fitting.slice(-4);
    return this.choices.chance(3) ? this.choices.of(fitting) : this.choices.of(late);
  }

  /** An f32 entry for a function that jumps: exact. */
  pickExact(dtype: DType = "f32", minRank = 0): Entry {
    return this.pick(dtype, (entry) => entry.isExact, minRank);
  }

  /** An f32 entry for a function with a kink. */
  pickKinked(minRank = 0): Entry {
    return this.pick("f32", (entry) => this.allowsKinks || entry.isExact, minRank);
  }

  /** An f32 entry of at most `bound`: a larger one is squashed. */
  pickBounded(bound: number, minRank = 0): Entry {
    return this.tame(this.pick("f32", undefined, minRank), bound);
  }

  tame(entry: Entry, bound: number): Entry {
    return entry.bound <= bound ? entry : this.add(ops.tanh(entry.node), 1, false);
  }

  /** A partner of the same type: another entry, one that broadcasts, a constant or a new parameter. */
  partner(x: Entry, test: Test = () => true): Entry {
    const { dtype, shape } = x.node.type;
    const size = sizeOf(shape);
    const kind = this.choices.below(5);
    const same = this.entries.filter(
      (entry) => entry.node.type.dtype === dtype && sizeOf(entry.node.type.shape) === size && test(entry),
    );
    if (kind <= 2 && same.length > 0) {
      const other = this.choices.of(same);
      return { ...other, node: ops.reshape(other.node, shape) };
    }
    if (kind === 3) {
      const value = this.choices.between(-3, 3);
      const constant = {
        node: ops.constant(dtype === "bool" ? value & 1 : dtype === "u8" ? value & 7 : value, x.node.type),
        bound: 3,
        isExact: true,
      };
      if (test(constant)) return constant;
    }
    const small = shape
      .slice(this.choices.below(shape.length + 1))
      .map((extent) => (this.choices.chance(3) ? 1 : extent));
    const fresh = this.parameter({ dtype, shape: small });
    return { ...fresh, node: ops.broadcastTo(fresh.node, shape) };
  }
}
