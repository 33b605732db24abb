// customGradient: a composition that carries its own gradient.

import { BugError, SinterError } from "#engine/base/error.ts";
import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { definePrimitive, noGradient, outputAxes } from "#engine/graph/primitive.ts";
import { at } from "#engine/ops/check.ts";
import { parameter } from "#engine/ops/parameter.ts";

type Slope = Node | typeof noGradient;

/**
 * A node equal to `output` whose gradient flows to `inputs` as `vjp` says, and nowhere else.
 * @param vjp from the cotangent of `output`, and from what stands for the inputs by then, to a cotangent for each input
 * @throws option when `vjp` does not give one cotangent for each input
 */
export function customGradient(
  output: Node,
  inputs: readonly Node[],
  vjp: (cotangent: Node, inputs: readonly Node[]) => readonly Slope[],
): Node {
  const primitive = definePrimitive<readonly TensorType[]>({
    name: "customGradient",
    trait: "movement",
    type: (types) => at(types, 0),
    lower: (operands) => {
      const first = at(operands, 0);
      return { kind: "map", value: first.at(...outputAxes(first.rank)) };
    },
    vjp: ([_output, ...now], cotangent) => {
      const cotangents = vjp(cotangent, now);
      if (cotangents.length !== inputs.length) {
        throw new SinterError(
          "option",
          `customGradient: the vjp gave ${cotangents.length} cotangents for ${inputs.length} inputs. Give one for each.`,
          { given: cotangents.length, expected: inputs.length },
        );
      }
      return [noGradient, ...cotangents];
    },
    batch: ([first, ...others], _attributes, { spread, again }) => {
      if (first === undefined) throw new BugError("A custom gradient without an output was batched.");
      // The vjp is traced over one member, then batched as the function was.
      return customGradient(spread(first), others.map(spread), (cotangent) => {
        const member = parameter(output.type);
        return batchedSlopes(vjp(member, inputs), (slopes) => again(slopes, new Map([[member, cotangent]])));
      });
    },
    cases: [],
    rejects: [],
  });
  return apply(primitive, [output, ...inputs]);
}

/** Slopes batched; none stays none. */
function batchedSlopes(slopes: readonly Slope[], batch: (slopes: readonly Node[]) => readonly Node[]): Slope[] {
  const batched = batch(slopes.filter((slope) => slope !== noGradient));
  let next = -1;
  return slopes.map((slope) => {
    if (slope === noGradient) return noGradient;
    next += 1;
    return batched[next] ?? noGradient;
  });
}
