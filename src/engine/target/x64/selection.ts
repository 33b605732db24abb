// What selecting instructions for x86-64 must know besides what every processor's selection does: the instruction set.

import type { Kernel, Value } from "#engine/graph/kernel.ts";
import { memoryAt, type Memory, type Register } from "#engine/target/machine/instruction.ts";
import { Selection as AnySelection, wordOf } from "#engine/target/machine/selection.ts";
import type { InstructionSet } from "./traits.ts";

/** Appends what makes `into` hold a value. */
export type Evaluate = (selection: Selection, value: Value, into: Register) => void;

export class Selection extends AnySelection {
  readonly #evaluate: Evaluate;
  readonly instructionSet: InstructionSet;
  /** By the word that is in every lane. */
  readonly #constantLanes = new Map<number, Memory>();

  /** @param evaluate makes a register hold a value: the files that select instructions know only this */
  constructor(kernel: Kernel, instructionSet: InstructionSet, evaluate: Evaluate) {
    super(kernel, instructionSet === "avx512" ? 512 : 256);
    this.#evaluate = evaluate;
    this.instructionSet = instructionSet;
  }

  get hasMasks(): boolean {
    return this.instructionSet === "avx512";
  }

  into(value: Value, into: Register): void {
    this.#evaluate(this, value, into);
  }

  move(from: Register, into: Register, bits: number): void {
    if (from.number === into.number) return;
    this.emit(from.bank === "general" ? "mov" : "vmovaps", bits, [into, from]);
  }

  jump(label: number): void {
    this.emit("jmp", 32, [], { label });
  }

  /** A vector constant that an instruction on whole vectors may read from memory. */
  constantLanes(value: Extract<Value, { kind: "constant" }>): Memory {
    const word = wordOf(value.type, value.value);
    let lanes = this.#constantLanes.get(word);
    if (lanes === undefined) this.#constantLanes.set(word, (lanes = this.#everyLane(word)));
    return lanes;
  }

  #everyLane(word: number): Memory {
    if (this.hasMasks) return { ...this.constantWord(word), isBroadcast: true };
    return memoryAt(undefined, 0, { label: this.constants.words(Array.from({ length: 8 }, () => word)) });
  }
}
