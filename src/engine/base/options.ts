// Options as users write them: unknown names get the right one in the error, values are checked once, where they came in.
// Nothing here knows a layer.

import { SinterError } from "#engine/base/error.ts";

/** An option as JSON keeps it; what has no value is left out. */
export type ConfigValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly ConfigValue[]
  | { readonly [name: string]: ConfigValue };

/**
 * Fails on an option that is not known; a snake_case or misspelt name gets the right one in the error.
 * @throws option naming the option to write
 */
export function checkOptions(where: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const camel = camelCase(name);
    const right = known.includes(camel) ? camel : nearest(name, known);
    const advice = right === undefined ? `It takes ${known.join(", ")}.` : `Write ${right}.`;
    throw new SinterError("option", `${where}: option ${name} is not known. ${advice}`, { option: name, known });
  }
}

/** `pool_size` → `poolSize` */
export function camelCase(name: string): string {
  return name.toLowerCase() === name || name.includes("_")
    ? name.replaceAll(/_+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase())
    : name;
}

/** The known name that differs by fewest edits, at most a third of its letters. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = name.replaceAll("_", "").toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(plain, candidate.toLowerCase());
    if (distance < bestDistance && distance <= Math.max(1, Math.floor(candidate.length / 3))) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** One of a closed list of strings. @throws option naming the list, and the nearest for a misspelt one */
export function choice<const Name extends string>(
  where: string,
  option: string,
  value: unknown,
  names: readonly Name[],
): Name {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const camel = typeof value === "string" ? camelCase(value) : "";
  const right = names.find((name) => name === camel) ?? (typeof value === "string" ? nearest(value, names) : undefined);
  const advice = right === undefined ? `Use one of ${names.join(", ")}.` : `Write "${right}".`;
  throw new SinterError("option", `${where}: ${option} "${text ?? String(value)}" is not known. ${advice}`, {
    option,
    value,
    names,
  });
}

/** An integer of at least `least`. @throws option */
export function integer(where: string, option: string, value: unknown, least = 1): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least) return value;
  throw new SinterError("option", `${where}: ${option} is ${describe(value)}. Give an integer of at least ${least}.`, {
    option,
    value,
  });
}

/** A number from `low` to `high`. @throws option */
export function numberWithin(
  where: string,
  option: string,
  value: unknown,
  low: number = Number.NEGATIVE_INFINITY,
  high: number = Number.POSITIVE_INFINITY,
): number {
  if (typeof value === "number" && value >= low && value <= high) return value;
  const bounds = `${low === Number.NEGATIVE_INFINITY ? "" : ` from ${low}`}${high === Number.POSITIVE_INFINITY ? "" : ` up to ${high}`}`;
  throw new SinterError("option", `${where}: ${option} is ${describe(value)}. Give a number${bounds}.`, {
    option,
    value,
  });
}

/** One integer or a pair, as a pair. @throws option */
export function pair(where: string, option: string, value: unknown, least = 1): readonly [number, number] {
  const [first = least, second = least] = perAxis(where, option, value, { numAxes: 2, least });
  return [first, second];
}

/** How errors write a list of extents, by its length. */
const axisNames: readonly string[] = ["", "", "[height, width]", "[depth, height, width]"];

/** One integer for all spatial axes or one each, as a list. @throws option */
export function perAxis(
  where: string,
  option: string,
  value: unknown,
  { numAxes, least = 1 }: { readonly numAxes: number; readonly least?: number },
): number[] {
  if (typeof value === "number") return Array.from({ length: numAxes }, () => integer(where, option, value, least));
  if (Array.isArray(value) && value.length === numAxes) {
    return value.map((one: unknown) => integer(where, option, one, least));
  }
  const list = numAxes === 1 ? "" : ` or ${axisNames[numAxes] ?? "a list"}`;
  throw new SinterError("option", `${where}: ${option} is ${describe(value)}. Give an integer${list}.`, {
    option,
    value,
  });
}

function describe(value: unknown): string {
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
}

function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
