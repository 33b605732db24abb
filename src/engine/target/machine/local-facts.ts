// What is known of a kernel's locals: which i32 are never negative, so that their registers may serve as 64-bit numbers
// as they are, and which are set only once.

import type { Kernel, Statement, Value } from "#engine/graph/kernel.ts";

export interface LocalFacts {
  /** Locals all of whose values are plainly not negative, as long as index arithmetic does not overflow. */
  readonly nonNegative: ReadonlySet<number>;
  /** Locals set in one place, and no loop's. */
  readonly constant: ReadonlySet<number>;
}

/** The facts of a kernel. */
export function localFacts(kernel: Kernel): LocalFacts {
  const values = new Map<number, Value[]>();
  const counters = new Set<number>();
  collect(kernel.body, values, counters);
  const constant = new Set([...values.keys()].filter((id) => values.get(id)?.length === 1 && !counters.has(id)));
  const nonNegative = new Set(values.keys());
  // Assumes all, then drops whatever that does not justify.
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (const id of nonNegative) {
      const isJustified = values.get(id)?.every((value) => isNonNegative(value, nonNegative)) === true;
      if (isJustified && kernel.locals[id] === "i32") continue;
      nonNegative.delete(id);
      hasChanged = true;
    }
  }
  return { nonNegative, constant };
}

function collect(body: readonly Statement[], values: Map<number, Value[]>, counters: Set<number>): void {
  for (const statement of body) {
    if (statement.kind === "set") noteValue(values, statement.local.id, statement.value);
    else if (statement.kind === "for") {
      counters.add(statement.local.id);
      noteValue(values, statement.local.id, statement.from);
      collect(statement.body, values, counters);
    } else if (statement.kind === "if") {
      collect(statement.then, values, counters);
      collect(statement.otherwise, values, counters);
    }
  }
}

function noteValue(values: Map<number, Value[]>, id: number, value: Value): void {
  const known = values.get(id);
  if (known === undefined) values.set(id, [value]);
  else known.push(value);
}

/** Whether an i32 cannot be negative, given locals that are not. */
export function isNonNegative(value: Value, locals: ReadonlySet<number>): boolean {
  switch (value.kind) {
    case "constant":
      return value.value >= 0;
    case "chunk":
      return true;
    case "local":
      return locals.has(value.id);
    case "load":
      return value.memory === "u8";
    case "select":
    case "conditional":
      return isNonNegative(value.x, locals) && isNonNegative(value.y, locals);
    case "binary":
      return isBinaryNonNegative(value, locals);
    default:
      return false;
  }
}

function isBinaryNonNegative(value: Extract<Value, { kind: "binary" }>, locals: ReadonlySet<number>): boolean {
  const { operation, x, y } = value;
  switch (operation) {
    case "add":
    case "multiply":
    case "minimum":
      return isNonNegative(x, locals) && isNonNegative(y, locals);
    case "and":
    case "maximum":
      return isNonNegative(x, locals) || isNonNegative(y, locals);
    case "equal":
    case "notEqual":
    case "less":
    case "lessEqual":
      return true;
    case "shiftRight":
      return isNonNegative(x, locals);
    case "shiftRightLogical":
      return isNonNegative(x, locals) || (y.kind === "constant" && y.value > 0);
    case "remainderUnsigned":
      return isNonNegative(y, locals);
    case "divideUnsigned":
      return isNonNegative(x, locals) || (y.kind === "constant" && y.value > 1);
    default:
      return false;
  }
}
