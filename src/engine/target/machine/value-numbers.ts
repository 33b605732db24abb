// Local value numbering: integer and pointer values that were computed before, in code that always runs before, are not
// computed again. Rows of one panel repeat most of their addresses.
// @source Cooper and Torczon, Engineering a Compiler, section 8.4.1

import type { Value } from "#engine/graph/kernel.ts";
import type { Register } from "./instruction.ts";

/** Names values by what they are made of; a local that was set anew has another name. */
export class ValueNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #versions = new Map<number, number>();
  /** Numbers of value objects, as long as no local is set. */
  readonly #known = new Map<Value, number>();
  #available: Scope = { registers: new Map(), outer: undefined };

  /** The number of a value that instructions compute from locals alone; undefined where memory or choice matters. */
  of(value: Value): number | undefined {
    return value.kind === "binary" || value.kind === "offset" || value.kind === "unary"
      ? this.#numberOf(value)
      : undefined;
  }

  #numberOf(value: Value): number | undefined {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const key = this.#keyOf(value);
    if (key === undefined) return undefined;
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.#numbers.size + 1));
    this.#known.set(value, number);
    return number;
  }

  #keyOf(value: Value): string | undefined {
    if (value.type !== "i32" && value.type !== "pointer") return undefined;
    switch (value.kind) {
      case "constant":
        return `c${value.value}`;
      case "local":
        return `l${value.id}.${this.#versions.get(value.id) ?? 0}`;
      case "chunk":
        return "chunk";
      case "buffer":
        return `b${value.index}`;
      case "scratch":
        return `s${value.offset}`;
      case "unary": {
        const x = this.#numberOf(value.x);
        return x === undefined ? undefined : `${value.operation} ${x}`;
      }
      case "binary":
        return this.#pairOf(value.operation, value.x, value.y);
      case "offset":
        return this.#pairOf("offset", value.pointer, value.bytes);
      default:
        return undefined;
    }
  }

  #pairOf(operation: string, x: Value, y: Value): string | undefined {
    const left = this.#numberOf(x);
    const right = this.#numberOf(y);
    return left === undefined || right === undefined ? undefined : `${operation} ${left} ${right}`;
  }

  /** The register that holds a numbered value here. */
  find(number: number): Register | undefined {
    for (let scope: Scope | undefined = this.#available; scope !== undefined; scope = scope.outer) {
      const register = scope.registers.get(number);
      if (register !== undefined) return register;
    }
    return undefined;
  }

  /** Notes that a register holds a numbered value from here on, and never another. */
  note(number: number, register: Register): void {
    this.#available.registers.set(number, register);
  }

  /** Notes that a local is set to another value. */
  change(local: number): void {
    this.#versions.set(local, (this.#versions.get(local) ?? 0) + 1);
    this.#known.clear();
  }

  /** Code that may not run: what it computes is not there afterwards. */
  branch(select: () => void): void {
    this.#within({ registers: new Map(), outer: this.#available }, select);
  }

  /** Code that runs again and again: what was there before may have been computed from values that it changes. */
  loop(select: () => void): void {
    this.#within({ registers: new Map(), outer: undefined }, select);
  }

  #within(scope: Scope, select: () => void): void {
    const outer = this.#available;
    this.#available = scope;
    select();
    this.#available = outer;
  }
}

interface Scope {
  readonly registers: Map<number, Register>;
  readonly outer: Scope | undefined;
}
