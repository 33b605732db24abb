// Names and their values while a graph is computed. A graph inside a node sees the names around it.

import type { Value } from "./value.ts";

export interface Scope {
  readonly outer: Scope | undefined;
  readonly values: Map<string, Value>;
}

export function innerScope(outer?: Scope): Scope {
  return { outer, values: new Map() };
}

/** The value of a name, here or around. */
export function lookUp(scope: Scope, name: string): Value | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const value = at.values.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}
