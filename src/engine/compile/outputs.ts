// What a kernel writes at one place, or at a vector of places.

import type { Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Value } from "#engine/graph/kernel.ts";
import type { Emitter } from "#engine/compile/emitter.ts";
import type { GroupOutput } from "#engine/compile/group.ts";

/** All values first, since a store may overwrite what another output reads. */
export function emitOutputs(
  k: KernelBuilder,
  emitter: Emitter,
  roots: readonly Expression[],
  outputs: readonly GroupOutput[],
  isVector: boolean,
): Value[] {
  return roots.map((root, number) => {
    const value = isVector ? emitter.vectorValue(root) : emitter.scalarValue(root);
    return k.let(outputs[number]?.node.type.dtype === "bool" && isVector ? bits(value) : value);
  });
}

/** Masks as 0 and 1. */
function bits(value: Value): Value {
  return ir.binaryValue("and", value, { kind: "constant", type: "vi32", value: 1 });
}
