// customGradient: a composition that carries its own gradient.

import { BugError, SinterError } from "#engine/base/error.ts";
import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { definePrimitive, noGradient, outputAxes } from "#engine/graph/primitive.ts";
import { at } from "#engine/ops/check.ts";
import { parameter } from "#engine/ops/parameter.ts";

/**
 * A node equal to `output` whose gradient flows to `inputs` as `vjp` says, and nowhere else.
 * @param vjp from the cotangent of `output` to a cotangent for each input
 * @throws option when `vjp` does not give one cotangent for each input
 */
export function customGradient(output: Node, inputs: readonly Node[], vjp: (cotangent: Node) => readonly Node[]): Node {
  const primitive = definePrimitive<readonly TensorType[]>({
    name: "customGradient",
    trait: "movement",
    type: (types) => at(types, 0),
    lower: (operands) => {
      const first = at(operands, 0);
      return { kind: "map", value: first.at(...outputAxes(first.rank)) };
    },
    vjp: (_inputs, cotangent) => {
      const cotangents = vjp(cotangent);
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
        return again(vjp(member), new Map([[member, cotangent]]));
      });
    },
    cases: [],
    rejects: [],
  });
  return apply(primitive, [output, ...inputs]);
}
