// Reverse mode: gradients of nodes for others, as further nodes. Walks only what lies between them.

import { BugError, SinterError } from "#engine/base/error.ts";
import { isFloating } from "#engine/base/dtype.ts";
import { sameShape } from "#engine/base/shape.ts";
import { sortNodes, typeText, type Node } from "#engine/graph/graph.ts";
import { loopsAmong } from "#engine/graph/loop.ts";
import { noGradient } from "#engine/graph/primitive.ts";
import { add } from "#engine/ops/add.ts";
import { cast } from "#engine/ops/cast.ts";
import { onesLike, zerosLike } from "#engine/ops/constant.ts";
import { nodesAbove } from "#engine/grad/dependence.ts";
import { loopGradients } from "#engine/grad/loop-gradient.ts";

/**
 * The gradients of `output` for `targets`: for each target a node of its type, zeros where the output does not depend
 * on it.
 * @param cotangent what flows into the output, of its type; ones by default
 * @throws dtype when the output is no floating-point tensor, shape when the cotangent has another shape
 */
export function reverse(output: Node, targets: readonly Node[], cotangent: Node = onesLike(output)): Node[] {
  checkCotangent(output, cotangent);
  const gradients = gradientsOf([{ output, cotangent }], targets);
  return targets.map((target, index) => gradients[index] ?? zerosLike(target));
}

/** The gradients of several outputs, added; undefined for a target that none depends on. */
function gradientsOf(
  given: readonly { readonly output: Node; readonly cotangent: Node }[],
  targets: readonly Node[],
): (Node | undefined)[] {
  const order = sortNodes(given.map(({ output }) => output));
  const onPath = nodesAbove(order, targets);
  const cotangents = new Map<Node, Node>();
  const give = (node: Node, cotangent: Node): void => {
    const sofar = cotangents.get(node);
    cotangents.set(node, sofar === undefined ? cotangent : sum(sofar, cotangent));
  };
  for (const { output, cotangent } of given) give(output, cotangent);
  const loops = loopsAmong(order);
  for (const node of order.toReversed()) {
    const results = loops.get(node);
    // What flows into all results of a loop is known when the first of them in the order is reached.
    if (results !== undefined && results.nodes[0] !== node) continue;
    const incoming = cotangents.get(node);
    const isReached = results === undefined ? incoming !== undefined : results.nodes.some((one) => cotangents.has(one));
    if (!isReached || !node.inputs.some((input) => onPath.has(input))) continue;
    const wanted = node.inputs.map((input) => onPath.has(input));
    const gradients =
      results !== undefined
        ? loopGradients(results, { cotangents, wanted, gradientsOf })
        : incoming === undefined
          ? []
          : node.primitive.vjp(node.inputs, incoming, node.attributes, node);
    node.inputs.forEach((input, index) => {
      const gradient = gradients[index];
      if (gradient === undefined) throw new BugError(`${node.primitive.name} gave no gradient for input ${index}.`);
      if (gradient === noGradient || !onPath.has(input)) return;
      checkGradient(node, input, gradient);
      give(input, gradient);
    });
  }
  return targets.map((target) => cotangents.get(target));
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
