// loop: a body that runs again and again. A node is one result of a loop: the last value of a carry, or what each iteration
// gave, as rows. Differentiated and batched whole, by grad/loop-gradient.ts and grad/loop-batch.ts.

import { BugError, SinterError } from "#engine/base/error.ts";
import { sameShape } from "#engine/base/shape.ts";
import { apply, typeText, type Graph, type Node, type TensorType } from "#engine/graph/graph.ts";
import type { Loop } from "#engine/graph/loop.ts";
import { definePrimitive, type Primitive } from "#engine/graph/primitive.ts";
import { at } from "#engine/ops/check.ts";
import { loopCases, loopRejects } from "#engine/ops/loop-cases.ts";

interface LoopAttributes extends Loop {
  readonly [key: string]: number | boolean | Graph;
}

export const loopPrimitive: Primitive = definePrimitive<readonly TensorType[], LoopAttributes>({
  name: "loop",
  trait: "loop",
  type: (inputs, loop) => {
    requireCounts(inputs, loop);
    requireInputs(inputs, loop);
    requireCarries(loop);
    const { type } = at(loop.body.outputs, loop.result);
    return loop.result < loop.numCarries ? type : rowsOf(type, loop.length);
  },
  lower: (_operands, { length, isReversed, numConstants, numCarries, body, result }) => {
    return { kind: "loop", length, isReversed, numConstants, numCarries, body, result };
  },
  vjp: () => neverAlone("differentiated"),
  batch: () => neverAlone("batched"),
  get cases() {
    return loopCases(loopPrimitive);
  },
  get rejects() {
    return loopRejects();
  },
});

function neverAlone(what: string): never {
  throw new BugError(`A result of a loop was ${what} without the others.`);
}

/** The type of as many rows. */
export function rowsOf({ dtype, shape }: TensorType, length: number): TensorType {
  return { dtype, shape: [length, ...shape] };
}

function requireCounts(inputs: readonly TensorType[], loop: LoopAttributes): void {
  const { length, numConstants, numCarries, body, result } = loop;
  const { parameters, outputs } = body;
  const isCounted = parameters.length === inputs.length && numConstants + numCarries <= inputs.length;
  const hasResult = Number.isInteger(result) && result >= 0 && result < outputs.length && outputs.length >= numCarries;
  if (Number.isInteger(length) && length > 0 && isCounted && hasResult) return;
  throw new SinterError(
    "option",
    `loop: length ${length}, ${inputs.length} inputs, a body of ${parameters.length} parameters and ${outputs.length} ` +
      `outputs, ${numConstants} constants, ${numCarries} carries, result ${result}. Give a length of at least 1, an ` +
      "input for each parameter and an output for each carry.",
    { length, numInputs: inputs.length, numConstants, numCarries, result },
  );
}

function requireInputs(inputs: readonly TensorType[], loop: LoopAttributes): void {
  const { length, numConstants, numCarries, body } = loop;
  inputs.forEach((input, index) => {
    const own = at(body.parameters, index).type;
    requireType(`input ${index}`, input, index < numConstants + numCarries ? own : rowsOf(own, length));
  });
}

function requireCarries({ numConstants, numCarries, body }: LoopAttributes): void {
  for (let carry = 0; carry < numCarries; carry += 1) {
    requireType(
      `carry ${carry} after an iteration`,
      at(body.outputs, carry).type,
      at(body.parameters, numConstants + carry).type,
    );
  }
}

function requireType(what: string, given: TensorType, expected: TensorType): void {
  if (given.dtype === expected.dtype && sameShape(given.shape, expected.shape)) return;
  throw new SinterError(
    given.dtype === expected.dtype ? "shape" : "dtype",
    `loop: ${what} is ${typeText(given)}, expected ${typeText(expected)}. Carries keep their type; rows lie along the first axis.`,
    { given, expected },
  );
}

/** The result of a loop that is one of these outputs of its body. */
export function loopResult(
  inputs: readonly Node[],
  loop: Omit<Loop, "body" | "result">,
  body: Omit<Graph, "donations">,
  result: number,
): Node {
  const { length, isReversed, numConstants, numCarries } = loop;
  const { parameters, outputs } = body;
  const donations = outputs.map(() => -1);
  const attributes = { length, isReversed, numConstants, numCarries, body: { parameters, outputs, donations }, result };
  return apply(loopPrimitive, inputs, attributes);
}

/** The values of a node of a loop's body in all iterations, as rows: a further result of that loop. */
export function stackOf(inputs: readonly Node[], loop: Loop, value: Node): Node {
  const outputs = [...loop.body.outputs.slice(0, loop.numCarries), value];
  return loopResult(inputs, loop, { parameters: loop.body.parameters, outputs }, loop.numCarries);
}
