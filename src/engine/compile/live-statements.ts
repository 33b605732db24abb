// Leaves out what a kernel computes and nobody reads: emission evaluates ahead what it may need, and does not always.

import { valueParts, type Statement, type Value } from "#engine/graph/kernel.ts";

/** The statements that stores, and the ways to them, depend on. */
export function liveStatements(body: readonly Statement[]): readonly Statement[] {
  const marker = new Marker();
  marker.enter(body);
  return kept(body, marker.live);
}

class Marker {
  /** Locals that are read. */
  readonly live = new Set<number>();
  readonly #values = new Map<number, Value[]>();
  readonly #seen = new Set<Value>();

  /** Marks what stores, conditions and bounds read. */
  enter(body: readonly Statement[]): void {
    for (const statement of body) {
      if (statement.kind === "set") this.#set(statement.local.id, statement.value);
      else if (statement.kind === "store") {
        this.#mark(statement.pointer);
        this.#mark(statement.value);
      } else if (statement.kind === "for") {
        this.#mark(statement.from);
        this.#mark(statement.to);
        this.enter(statement.body);
      } else {
        this.#mark(statement.condition);
        this.enter(statement.then);
        this.enter(statement.otherwise);
      }
    }
  }

  #set(local: number, value: Value): void {
    if (this.live.has(local)) this.#mark(value);
    const known = this.#values.get(local);
    if (known === undefined) this.#values.set(local, [value]);
    else known.push(value);
  }

  #mark(value: Value): void {
    if (this.#seen.has(value)) return;
    this.#seen.add(value);
    if (value.kind === "local" && !this.live.has(value.id)) {
      this.live.add(value.id);
      for (const set of this.#values.get(value.id) ?? []) this.#mark(set);
    }
    for (const part of valueParts(value)) this.#mark(part);
  }
}

function kept(body: readonly Statement[], live: ReadonlySet<number>): Statement[] {
  return body.flatMap((statement): Statement[] => {
    if (statement.kind === "set") return live.has(statement.local.id) ? [statement] : [];
    if (statement.kind === "for") {
      const inner = kept(statement.body, live);
      return inner.length === 0 ? [] : [{ ...statement, body: inner }];
    }
    if (statement.kind === "if") {
      const [then, otherwise] = [kept(statement.then, live), kept(statement.otherwise, live)];
      return then.length + otherwise.length === 0 ? [] : [{ ...statement, then, otherwise }];
    }
    return [statement];
  });
}
