// A kernel's statements with other locals, buffers and chunk, so that they may stand in another kernel.

import type { Local, Statement, Value } from "#engine/graph/kernel.ts";

export interface Renaming {
  /** What local 0 becomes; the others follow. */
  readonly firstLocal: number;
  readonly buffer: (index: number) => number;
  readonly chunk: Value;
}

export function renamed(body: readonly Statement[], renaming: Renaming): Statement[] {
  return new Renamer(renaming).body(body);
}

class Renamer {
  readonly #renaming: Renaming;
  readonly #known = new Map<Value, Value>();

  constructor(renaming: Renaming) {
    this.#renaming = renaming;
  }

  body(body: readonly Statement[]): Statement[] {
    return body.map((statement): Statement => {
      switch (statement.kind) {
        case "set":
          return { ...statement, local: this.#local(statement.local), value: this.#value(statement.value) };
        case "store":
          return { ...statement, pointer: this.#value(statement.pointer), value: this.#value(statement.value) };
        case "for":
          return {
            ...statement,
            local: this.#local(statement.local),
            from: this.#value(statement.from),
            to: this.#value(statement.to),
            body: this.body(statement.body),
          };
        default:
          return {
            ...statement,
            condition: this.#value(statement.condition),
            then: this.body(statement.then),
            otherwise: this.body(statement.otherwise),
          };
      }
    });
  }

  #local(local: Local): Local {
    return { ...local, id: this.#renaming.firstLocal + local.id };
  }

  /** Shared parts stay shared: targets know values by their identity. */
  #value(value: Value): Value {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const result = this.#rebuilt(value);
    this.#known.set(value, result);
    return result;
  }

  #rebuilt(value: Value): Value {
    switch (value.kind) {
      case "local":
        return this.#local(value);
      case "chunk":
        return this.#renaming.chunk;
      case "buffer":
        return { ...value, index: this.#renaming.buffer(value.index) };
      case "vector":
        return { ...value, lanes: value.lanes.map((lane) => this.#value(lane)) };
      default:
        return this.#withParts(value);
    }
  }

  #withParts(value: Exclude<Value, { kind: "local" | "chunk" | "buffer" | "vector" }>): Value {
    const visit = (part: Value): Value => this.#value(part);
    switch (value.kind) {
      case "constant":
      case "scratch":
        return value;
      case "offset":
        return { ...value, pointer: visit(value.pointer), bytes: visit(value.bytes) };
      case "load":
        return { ...value, pointer: visit(value.pointer) };
      case "binary":
      case "shuffle":
        return { ...value, x: visit(value.x), y: visit(value.y) };
      case "fma":
        return { ...value, x: visit(value.x), y: visit(value.y), z: visit(value.z) };
      case "select":
      case "conditional":
        return { ...value, condition: visit(value.condition), x: visit(value.x), y: visit(value.y) };
      default:
        return { ...value, x: visit(value.x) };
    }
  }
}
