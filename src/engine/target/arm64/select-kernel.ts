// A kernel to instructions over virtual registers: the arguments at the entry, then its statements.

import type { Kernel } from "#engine/graph/kernel.ts";
import { general, memoryAt } from "#engine/target/machine/instruction.ts";
import { selectStatements, type LoopTest, type StatementRules } from "#engine/target/machine/select-statement.ts";
import { condition as code } from "./instruction.ts";
import { branchUnless, compareConstant } from "./select-compare.ts";
import { selectStore } from "./select-memory.ts";
import { valueInto } from "./select-value.ts";
import { Selection } from "./selection.ts";

const rules: StatementRules<Selection> = {
  store: selectStore,
  branchUnless,
  branchIf,
  addConstant: (s, register, immediate) => s.emit("addImmediate", 32, [register, register], { immediate }),
};

/** The instructions of a kernel, over virtual registers. */
export function selectKernel(kernel: Kernel): Selection {
  const s = new Selection(kernel, valueInto);
  const [table, chunk, scratch] = [s.fresh("pointer"), s.fresh("i32"), s.fresh("pointer")];
  s.emit("mov", 64, [table, general(0)]);
  s.emit("mov", 32, [chunk, general(1)]);
  s.emit("mov", 64, [scratch, general(2)]);
  const buffers = Array.from({ length: kernel.numBuffers }, (_, index) => {
    const buffer = s.fresh("pointer");
    s.emit("ldr", 64, [buffer, memoryAt(table, index * 8)]);
    return buffer;
  });
  s.setArguments({ buffers, chunk, scratch });
  selectStatements(s, rules, kernel.body);
  return s;
}

function branchIf(s: Selection, { holds, left, right }: LoopTest, label: number): void {
  if (typeof right === "number") compareConstant(s, left, right);
  else s.emit("cmp", 32, [left, right]);
  s.emit("bcc", 64, [], { condition: code[holds], label });
}
