// Sums of pieces that were padded to lie side by side: what reverse mode makes of slices. They are concatenations.

import { sortNodes, type Node } from "#engine/graph/graph.ts";
import { addPrimitive } from "#engine/ops/add.ts";
import { at } from "#engine/ops/check.ts";
import { concatenate } from "#engine/ops/concatenate.ts";
import { padPrimitive } from "#engine/ops/slice.ts";
import { overInputs } from "#engine/grad/substitute.ts";

/** The outputs with such sums replaced. */
export function joinPads(outputs: readonly Node[]): Node[] {
  const replaced = new Map<Node, Node>();
  for (const node of sortNodes(outputs)) {
    const rebuilt = overInputs(node, (input) => replaced.get(input) ?? input);
    replaced.set(node, (node.primitive === addPrimitive ? joined(rebuilt) : undefined) ?? rebuilt);
  }
  return outputs.map((output) => replaced.get(output) ?? output);
}

interface Piece {
  readonly node: Node;
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}

/** The concatenation that a sum is. */
function joined(sum: Node): Node | undefined {
  const pieces = termsOf(sum).map(pieceOf);
  const known = pieces.filter((piece) => piece !== undefined).toSorted((a, b) => a.from - b.from);
  const [first] = known;
  if (first === undefined || known.length !== pieces.length) return undefined;
  const { axis } = first;
  const ends = [0, ...known.map(({ to }) => to)];
  const isTiled = known.every((piece, index) => piece.axis === axis && piece.from === ends[index]);
  if (!isTiled || ends.at(-1) !== at(sum.type.shape, axis)) return undefined;
  return concatenate(
    known.map(({ node }) => node),
    axis,
  );
}

function termsOf(sum: Node): Node[] {
  return sum.primitive === addPrimitive ? sum.inputs.flatMap(termsOf) : [sum];
}

/** Something with zeros before and behind it along one axis. */
function pieceOf({ primitive, inputs, attributes, type }: Node): Piece | undefined {
  const [node] = inputs;
  if (primitive !== padPrimitive || node === undefined || attributes["value"] !== 0) return undefined;
  const [low, high, interior] = ["low", "high", "interior"].map((name) => numbersOf(attributes[name]));
  const axes = [...type.shape.keys()];
  const [axis, other] = axes.filter((one) => low?.[one] !== 0 || high?.[one] !== 0);
  if (axis === undefined || other !== undefined || interior?.some((count) => count > 0) !== false) return undefined;
  const from = low?.[axis] ?? 0;
  return { node, axis, from, to: from + at(node.type.shape, axis) };
}

function numbersOf(value: Node["attributes"][string]): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}
