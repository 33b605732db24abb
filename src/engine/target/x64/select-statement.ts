// Statements to instructions: loops with their test at the bottom, branches, and the arguments at the entry.

import { BugError } from "#engine/base/error.ts";
import type { Kernel, Statement, Value } from "#engine/graph/kernel.ts";
import { condition as code, rdi, rdx, rsi, memoryAt } from "./instruction.ts";
import { branchUnless, compareConstant } from "./select-branch.ts";
import { selectStore } from "./select-memory.ts";
import { valueInto } from "./select-value.ts";
import { Selection } from "./selection.ts";
import type { InstructionSet } from "./traits.ts";

/** The instructions of a kernel, over virtual registers. */
export function selectKernel(kernel: Kernel, instructionSet: InstructionSet): Selection {
  const s = new Selection(kernel, instructionSet, valueInto);
  const [table, chunk, scratch] = [s.fresh("pointer"), s.fresh("i32"), s.fresh("pointer")];
  s.emit("mov", 64, [table, rdi]);
  s.emit("mov", 32, [chunk, rsi]);
  s.emit("mov", 64, [scratch, rdx]);
  const buffers = Array.from({ length: kernel.numBuffers }, (_, index) => {
    const buffer = s.fresh("pointer");
    s.emit("mov", 64, [buffer, memoryAt(table, index * 8)]);
    return buffer;
  });
  s.setArguments({ buffers, chunk, scratch });
  selectStatements(s, kernel.body);
  return s;
}

function selectStatements(s: Selection, statements: readonly Statement[]): void {
  statements.forEach((statement) => selectStatement(s, statement));
}

function selectStatement(s: Selection, statement: Statement): void {
  switch (statement.kind) {
    case "set":
      s.set(statement.local, statement.value);
      return;
    case "store":
      selectStore(s, statement);
      return;
    case "for":
      selectLoop(s, statement);
      return;
    case "if":
      selectIf(s, statement);
      return;
    default:
      throw new BugError(`Unknown statement ${JSON.stringify(statement satisfies never)}.`);
  }
}

function selectIf(s: Selection, { condition, then, otherwise }: Extract<Statement, { kind: "if" }>): void {
  const [not, end] = [s.label(), s.label()];
  s.numbers.branch(() => {
    branchUnless(s, condition, not);
    selectStatements(s, then);
  });
  if (otherwise.length > 0) s.jump(end);
  s.place(not);
  s.numbers.branch(() => selectStatements(s, otherwise));
  if (otherwise.length > 0) s.place(end);
}

type Loop = Extract<Statement, { kind: "for" }>;

/** `if (from < to) do { … } while ((local += step) < to)`; the first test is left out where both are known. */
function selectLoop(s: Selection, loop: Loop): void {
  const index = s.localRegister(loop.local.id);
  const [from, to] = [constantOf(loop.from), constantOf(loop.to)];
  const isKnown = !Number.isNaN(from) && !Number.isNaN(to);
  if (isKnown && from >= to) return;
  const limit = Number.isNaN(to) ? stableRegister(s, loop.to) : undefined;
  s.set(loop.local, loop.from);
  if (isKnown && from + loop.step >= to) {
    selectStatements(s, loop.body);
    return;
  }
  const compare = (): void => {
    if (limit === undefined) compareConstant(s, index, to);
    else s.emit("cmp", 32, [index, limit]);
  };
  const [start, end] = [s.label(), s.label()];
  if (!isKnown) {
    compare();
    s.emit("jcc", 32, [], { condition: code.greaterOrEqual, label: end });
  }
  s.place(start);
  s.numbers.loop(() => selectStatements(s, loop.body));
  s.numbers.change(loop.local.id);
  s.emit("addImmediate", 32, [index], { immediate: loop.step });
  compare();
  s.emit("jcc", 32, [], { condition: code.less, label: start });
  s.place(end);
}

/** The register of a limit that the body does not change. */
function stableRegister(s: Selection, value: Value): ReturnType<Selection["register"]> {
  const register = s.register(value);
  if (value.kind !== "local" || s.isConstant(value.id)) return register;
  const copy = s.fresh("i32");
  s.move(register, copy, 32);
  return copy;
}

function constantOf(value: Value): number {
  return value.kind === "constant" ? value.value : Number.NaN;
}
