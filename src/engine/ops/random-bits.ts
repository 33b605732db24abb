// randomBits: words of Philox 4x32-10, a pure function of key, stream, domain and place.

import { checkShape, sameShape } from "#engine/base/shape.ts";
import { apply, typeText, type Node, type TensorType } from "#engine/graph/graph.ts";
import { constant, flatten, random } from "#engine/graph/expression.ts";
import { definePrimitive, noGradient, outputAxes, type Primitive } from "#engine/graph/primitive.ts";
import { requireDType, shapeError } from "#engine/ops/check.ts";
import { bits, normal } from "#engine/ops/samples.ts";

export const randomBitsPrimitive: Primitive = definePrimitive<
  readonly [key: TensorType, stream: TensorType],
  { shape: readonly number[]; domain: number }
>({
  name: "randomBits",
  trait: "random",
  type: ([key, stream], { shape }) => {
    requireDType("randomBits key", key, ["i32"]);
    requireDType("randomBits stream", stream, ["i32"]);
    checkShape(shape, "randomBits");
    if (!sameShape(key.shape, [2]) || stream.shape.length !== 0) {
      throw shapeError(
        `randomBits: key ${typeText(key)} and stream ${typeText(stream)}, expected i32 [2] and i32 []. Use a key as made.`,
        { key: key.shape, stream: stream.shape },
      );
    }
    return { dtype: "i32", shape };
  },
  lower: ([key, stream], { shape, domain }) => ({
    kind: "map",
    value: random(
      [key.at(constant(0)), key.at(constant(1))],
      stream.at(),
      domain,
      flatten(outputAxes(shape.length), shape),
    ),
  }),
  vjp: () => [noGradient, noGradient],
  cases: [
    { inputs: [bits([2]), bits([])], attributes: { shape: [3, 5], domain: 0 } },
    { inputs: [bits([2]), bits([])], attributes: { shape: [], domain: 1 } },
  ],
  rejects: [
    { inputs: [normal([2]), bits([])], attributes: { shape: [3], domain: 0 }, code: "dtype" },
    { inputs: [bits([3]), bits([])], attributes: { shape: [3], domain: 0 }, code: "shape" },
    { inputs: [bits([2]), bits([])], attributes: { shape: [-3], domain: 0 }, code: "shape" },
  ],
});

/**
 * 32 random bits at every place of `shape`.
 * @source Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC 2011)
 */
export function randomBits(
  key: Node,
  stream: Node,
  options: { readonly shape: readonly number[]; readonly domain: number },
): Node {
  return apply(randomBitsPrimitive, [key, stream], { shape: options.shape, domain: options.domain });
}
