// cast: another element type. f32 to i32 and to u8 saturate, NaN gives 0; to f16 and bf16 rounds to nearest even.

import { isFloating, type DType } from "#engine/base/dtype.ts";
import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { unary, type Expression } from "#engine/graph/expression.ts";
import { definePrimitive, noGradient, outputAxes, type Case, type Primitive } from "#engine/graph/primitive.ts";
import { below, normal } from "#engine/ops/samples.ts";

const dtypes: readonly DType[] = ["f32", "i32", "u8", "bool", "f16", "bf16"];

export const castPrimitive: Primitive = definePrimitive<readonly [x: TensorType], { dtype: DType }>({
  name: "cast",
  trait: "elementwise",
  type: ([x], { dtype }) => ({ dtype, shape: x.shape }),
  lower: ([x], { dtype }) => ({ kind: "map", value: convert(x.at(...outputAxes(x.rank)), dtype) }),
  vjp: ([x], cotangent) => [
    isFloating(x.type.dtype) && isFloating(cotangent.type.dtype) ? cast(cotangent, x.type.dtype) : noGradient,
  ],
  batch: ([x], { dtype }) => cast(x.node, dtype),
  cases: dtypes.flatMap((from) =>
    dtypes
      .filter((to) => to !== from)
      .map((to): Case => ({
        inputs: [isFloating(from) ? normal([2, 5], from) : below(from === "bool" ? 2 : 300, [2, 5], from)],
        attributes: { dtype: to },
      })),
  ),
  rejects: [],
});

function convert(x: Expression, dtype: DType): Expression {
  switch (dtype) {
    case "f32":
      return x.type === "f32" ? x : unary("toF32", x);
    case "i32":
      return x.type === "i32" ? x : unary("toI32", x);
    case "u8":
      return x.type === "bool" ? unary("toI32", x) : unary("toU8", convert(x, "i32"));
    case "bool":
      return x.type === "bool" ? x : unary("toBool", x);
    case "f16":
      return unary("roundF16", convert(x, "f32"));
    case "bf16":
      return unary("roundBf16", convert(x, "f32"));
    default:
      return dtype satisfies never;
  }
}

/** `x` as another element type; `x` itself when it has it already. */
export function cast(x: Node, dtype: DType): Node {
  return x.type.dtype === dtype ? x : apply(castPrimitive, [x], { dtype });
}
