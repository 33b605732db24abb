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
    if (!sameShape(key.shape, [...stream.shape, 2])) {
      throw shapeError(
        `randomBits: key ${typeText(key)} and stream ${typeText(stream)}, expected two words for each stream. Use a key as made.`,
        { key: key.shape, stream: stream.shape },
      );
    }
    return { dtype: "i32", shape: [...stream.shape, ...shape] };
  },
  lower: ([key, stream], { shape, domain }, type) => {
    const place = outputAxes(type.shape.length);
    const own = place.slice(0, stream.rank);
    const words = [key.at(...own, constant(0)), key.at(...own, constant(1))] as const;
    const index = flatten(place.slice(stream.rank), shape);
    return { kind: "map", value: random(words, stream.at(...own), domain, index) };
  },
  vjp: () => [noGradient, noGradient],
  batch: ([key, stream], options, { spread }) => randomBits(spread(key), spread(stream), options),
  cases: [
    { inputs: [bits([2]), bits([])], attributes: { shape: [3, 5], domain: 0 } },
    { inputs: [bits([2]), bits([])], attributes: { shape: [], domain: 1 } },
    { inputs: [bits([3, 2]), bits([3])], attributes: { shape: [6], domain: 0 } },
  ],
  rejects: [
    { inputs: [normal([2]), bits([])], attributes: { shape: [3], domain: 0 }, code: "dtype" },
    { inputs: [bits([3]), bits([])], attributes: { shape: [3], domain: 0 }, code: "shape" },
    { inputs: [bits([2]), bits([])], attributes: { shape: [-3], domain: 0 }, code: "shape" },
  ],
});

/**
 * 32 random bits at every place of `shape`, for each key and stream.
 * @param key i32 [..., 2]
 * @param stream i32 [...]
 * @source Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC 2011)
 */
export function randomBits(
  key: Node,
  stream: Node,
  options: { readonly shape: readonly number[]; readonly domain: number },
): Node {
  return apply(randomBitsPrimitive, [key, stream], { shape: options.shape, domain: options.domain });
}
