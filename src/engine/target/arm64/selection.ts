// What selecting instructions for AArch64 must know besides what every processor's selection does: which vectors are one
// number in every lane. Products take that number from a lane, so that such a vector is mostly never made.

import type { Kernel, Local, Value, ValueType } from "#engine/graph/kernel.ts";
import type { Register } from "#engine/target/machine/instruction.ts";
import { Selection as AnySelection } from "#engine/target/machine/selection.ts";

/** Appends what makes `into` hold a value. */
export type Evaluate = (selection: Selection, value: Value, into: Register) => void;

export class Selection extends AnySelection {
  readonly #evaluate: Evaluate;
  /** Where the number lies of a local that holds the same in every lane. */
  readonly #same = new Map<number, Register>();

  /** @param evaluate makes a register hold a value: the files that select instructions know only this */
  constructor(kernel: Kernel, evaluate: Evaluate) {
    super(kernel, 128);
    this.#evaluate = evaluate;
  }

  into(value: Value, into: Register): void {
    this.#evaluate(this, value, into);
  }

  move(from: Register, into: Register, bits: number): void {
    if (from.number === into.number) return;
    this.emit(from.bank === "general" ? "mov" : "vmov", bits, [into, from]);
  }

  jump(label: number): void {
    this.emit("b", 64, [], { label });
  }

  override bitsOf(type: ValueType): number {
    return type === "f32" ? 32 : super.bitsOf(type);
  }

  override set(local: Local, value: Value): void {
    const scalar = this.isConstant(local.id) ? this.#numberOf(value) : undefined;
    if (scalar === undefined) super.set(local, value);
    else this.#same.set(local.id, scalar);
  }

  override held(value: Value): Register | undefined {
    const scalar = value.kind === "local" ? this.#same.get(value.id) : undefined;
    if (scalar === undefined) return super.held(value);
    const whole = this.fresh(value.type);
    this.emit("dupLane", 128, [whole, scalar]);
    return whole;
  }

  /** The register whose first lane is every lane of a vf32; undefined where they differ or nothing is won. */
  everyLane(value: Value): Register | undefined {
    if (value.type !== "vf32") return undefined;
    if (value.kind === "local") return this.#same.get(value.id);
    return value.kind === "splat" ? this.register(value.x) : this.#numberOf(value);
  }

  /** A register of its own for the number that a vf32 has in every lane. */
  #numberOf(value: Value): Register | undefined {
    if (value.type !== "vf32") return undefined;
    if (value.kind === "load" && value.splat) return this.register({ ...value, type: "f32", splat: false });
    // A local's register may be set anew.
    return value.kind === "splat" && value.x.kind !== "local" ? this.register(value.x) : undefined;
  }
}
