// Operations that no vector instruction does, as operations on every lane.

import { binaryValue, lane, vector, type KernelBinary, type Value } from "#engine/graph/kernel.ts";
import { holdLocal } from "./operands.ts";
import type { Selection } from "./selection.ts";

type Binary = Extract<Value, { kind: "binary" }>;

const laneWise: readonly KernelBinary[] = ["divide", "remainder", "divideUnsigned", "remainderUnsigned"];

/** Whether vectors of i32 must be taken apart for an operation. */
export function isLaneByLane({ operation }: Binary): boolean {
  return laneWise.includes(operation);
}

/** The vector of an operation's results; its operands are evaluated here. */
export function laneByLane(s: Selection, { operation, x, y }: Binary): Value {
  const [left, right] = [holdLocal(s, x), holdLocal(s, y)];
  const lanes = Array.from({ length: s.lanes }, (_, index) =>
    binaryValue(operation, lane(left, index), lane(right, index)),
  );
  return vector(lanes);
}
