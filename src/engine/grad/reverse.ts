// Reverse mode: gradients of one node for others, as further nodes. Walks only what lies between them.

import { BugError, SinterError } from "#engine/base/error.ts";
import { isFloating } from "#engine/base/dtype.ts";
import { sameShape } from "#engine/base/shape.ts";
import { sortNodes, typeText, type Node } from "#engine/graph/graph.ts";
import { noGradient } from "#engine/graph/primitive.ts";
import { add } from "#engine/ops/add.ts";
import { cast } from "#engine/ops/cast.ts";
import { onesLike, zerosLike } from "#engine/ops/constant.ts";

/**
 * The gradients of `output` for `targets`: for each target a node of its type, zeros where the output does not depend
 * on it.
 * @param cotangent what flows into the output, of its type; ones by default
 * @throws dtype when the output is no floating-point tensor, shape when the cotangent has another shape
 */
export function reverse(output: Node, targets: readonly Node[], cotangent: Node = onesLike(output)): Node[] {
  checkCotangent(output, cotangent);
  const order = sortNodes([output]);
  const onPath = nodesAbove(order, targets);
  const cotangents = new Map<Node, Node>([[output, cotangent]]);
  for (const node of order.toReversed()) {
    const incoming = cotangents.get(node);
    if (incoming === undefined || !node.inputs.some((input) => onPath.has(input))) continue;
    const gradients = node.primitive.vjp(node.inputs, incoming, node.attributes, node);
    node.inputs.forEach((input, index) => {
      const gradient = gradients[index];
      if (gradient === undefined) throw new BugError(`${node.primitive.name} gave no gradient for input ${index}.`);
      if (gradient === noGradient || !onPath.has(input)) return;
      checkGradient(node, input, gradient);
      const sofar = cotangents.get(input);
      cotangents.set(input, sofar === undefined ? gradient : sum(sofar, gradient));
    });
  }
  return targets.map((target) => cotangents.get(target) ?? zerosLike(target));
}

/** The nodes of `order` that are targets, or depend on one through floating-point values. */
function nodesAbove(order: readonly Node[], targets: readonly Node[]): ReadonlySet<Node> {
  const above = new Set<Node>(targets);
  for (const node of order) {
    if (isFloating(node.type.dtype) && node.inputs.some((input) => above.has(input))) above.add(node);
  }
  return above;
}

/** f16 and bf16 are storage: they are added as f32. */
function sum(x: Node, y: Node): Node {
  const { dtype } = x.type;
  return dtype === "f32" ? add(x, y) : cast(add(cast(x, "f32"), cast(y, "f32")), dtype);
}

function checkCotangent(output: Node, cotangent: Node): void {
  if (!isFloating(output.type.dtype) || cotangent.type.dtype !== output.type.dtype) {
    throw new SinterError(
      "dtype",
      `gradient: output ${typeText(output.type)}, cotangent ${typeText(cotangent.type)}. ` +
        "Differentiate floating-point values, with a cotangent of the same dtype.",
      { output: output.type.dtype, cotangent: cotangent.type.dtype },
    );
  }
  if (sameShape(output.type.shape, cotangent.type.shape)) return;
  throw new SinterError(
    "shape",
    `gradient: output ${typeText(output.type)}, cotangent ${typeText(cotangent.type)}. Give one of the output's shape.`,
    { output: output.type.shape, cotangent: cotangent.type.shape },
  );
}

function checkGradient(node: Node, input: Node, gradient: Node): void {
  if (gradient.type.dtype === input.type.dtype && sameShape(gradient.type.shape, input.type.shape)) return;
  throw new SinterError(
    "shape",
    `${node.primitive.name}: its gradient is ${typeText(gradient.type)} for an input ${typeText(input.type)}. ` +
      "A vjp gives a cotangent of each input's type.",
    { input: input.type, gradient: gradient.type },
  );
}
