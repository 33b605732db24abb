// The state of a callback as plain JSON and back. JSON has no NaN and no Infinity: they travel as words.

import { SinterError } from "#engine/base/error.ts";
import type { ConfigValue } from "#engine/base/options.ts";

const words = new Map<unknown, number>([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** A number, or nothing, as JSON keeps it. */
export function numberToState(value: number | undefined): string | number | null {
  if (value === undefined) return null;
  return Number.isFinite(value) ? value : String(value);
}

/** Reads numbers of a state by name; undefined where the state has null. @throws format for a state of another kind */
export function stateReader(where: string, state: ConfigValue): (name: string) => number | undefined {
  const isRecord = typeof state === "object" && state !== null && !Array.isArray(state);
  const fields = new Map<string, unknown>(isRecord ? Object.entries(state) : []);
  return (name) => {
    const value = fields.get(name);
    if (value === null) return undefined;
    const number = words.get(value) ?? value;
    if (typeof number === "number") return number;
    throw new SinterError(
      "format",
      `${where}: the state has no number "${name}". Restore it with the callbacks that the run was begun with.`,
      { name },
    );
  };
}
