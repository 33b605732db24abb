// Statements to instructions: loops with their test at the bottom, and branches. What compares, jumps and stores is the
// target's.

import { BugError } from "#engine/base/error.ts";
import type { Statement, Value } from "#engine/graph/kernel.ts";
import type { Register } from "./instruction.ts";
import type { Selection } from "./selection.ts";

/** How a target does what statements are made of. */
export interface StatementRules<S extends Selection> {
  readonly store: (s: S, statement: Extract<Statement, { kind: "store" }>) => void;
  /** Jumps where an i32 is 0. */
  readonly branchUnless: (s: S, condition: Value, target: number) => void;
  /** Jumps where a register compares so with another or a constant, with signs. */
  readonly branchIf: (s: S, test: LoopTest, target: number) => void;
  readonly addConstant: (s: S, register: Register, step: number) => void;
}

export interface LoopTest {
  readonly holds: "less" | "greaterOrEqual";
  readonly left: Register;
  readonly right: Register | number;
}

/** Selects statement after statement. */
export function selectStatements<S extends Selection>(
  s: S,
  rules: StatementRules<S>,
  statements: readonly Statement[],
): void {
  for (const statement of statements) selectStatement(s, rules, statement);
}

function selectStatement<S extends Selection>(s: S, rules: StatementRules<S>, statement: Statement): void {
  switch (statement.kind) {
    case "set":
      s.set(statement.local, statement.value);
      return;
    case "store":
      rules.store(s, statement);
      return;
    case "for":
      selectLoop(s, rules, statement);
      return;
    case "if":
      selectIf(s, rules, statement);
      return;
    default:
      throw new BugError(`Unknown statement ${JSON.stringify(statement satisfies never)}.`);
  }
}

type If = Extract<Statement, { kind: "if" }>;

function selectIf<S extends Selection>(s: S, rules: StatementRules<S>, { condition, then, otherwise }: If): void {
  const [not, end] = [s.label(), s.label()];
  s.numbers.branch(() => {
    rules.branchUnless(s, condition, not);
    selectStatements(s, rules, then);
  });
  if (otherwise.length > 0) s.jump(end);
  s.place(not);
  s.numbers.branch(() => selectStatements(s, rules, otherwise));
  if (otherwise.length > 0) s.place(end);
}

type Loop = Extract<Statement, { kind: "for" }>;

/** `if (from < to) do { … } while ((local += step) < to)`; the first test is left out where both are known. */
function selectLoop<S extends Selection>(s: S, rules: StatementRules<S>, loop: Loop): void {
  const left = s.localRegister(loop.local.id);
  const [from, to] = [constantOf(loop.from), constantOf(loop.to)];
  const isKnown = !Number.isNaN(from) && !Number.isNaN(to);
  if (isKnown && from >= to) return;
  const right = Number.isNaN(to) ? stableRegister(s, loop.to) : to;
  s.set(loop.local, loop.from);
  if (isKnown && from + loop.step >= to) {
    selectStatements(s, rules, loop.body);
    return;
  }
  const [start, end] = [s.label(), s.label()];
  if (!isKnown) rules.branchIf(s, { holds: "greaterOrEqual", left, right }, end);
  s.place(start);
  s.numbers.loop(() => selectStatements(s, rules, loop.body));
  s.numbers.change(loop.local.id);
  rules.addConstant(s, left, loop.step);
  rules.branchIf(s, { holds: "less", left, right }, start);
  s.place(end);
}

/** The register of a limit that the body does not change. */
function stableRegister(s: Selection, value: Value): Register {
  const register = s.register(value);
  if (value.kind !== "local" || s.isConstant(value.id)) return register;
  const copy = s.fresh("i32");
  s.move(register, copy, 32);
  return copy;
}

function constantOf(value: Value): number {
  return value.kind === "constant" ? value.value : Number.NaN;
}
