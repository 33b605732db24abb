// Makes elementwise primitives of one and of two operands: equal shapes in, the same shape out.

import type { DType } from "#engine/base/dtype.ts";
import { apply, type Node, type TensorType } from "#engine/graph/graph.ts";
import { binary, unary, type BinaryOperation, type Expression, type UnaryOperation } from "#engine/graph/expression.ts";
import {
  definePrimitive,
  outputAxes,
  type Case,
  type noGradient,
  type Primitive,
  type Sample,
} from "#engine/graph/primitive.ts";
import { requireDType, requireSameType } from "#engine/ops/check.ts";
import { below, bits, normal } from "#engine/ops/samples.ts";

type Gradient = Node | typeof noGradient;

interface UnaryOptions {
  readonly name: string;
  readonly value: UnaryOperation | ((x: Expression) => Expression);
  readonly dtypes: readonly DType[];
  readonly isMonotone?: boolean;
  readonly sample?: (shape: readonly number[]) => Sample;
  readonly simplify?: (x: Node) => Node | undefined;
  readonly vjp: (x: Node, cotangent: Node, output: Node) => Gradient;
}

interface BinaryOptions {
  readonly name: string;
  readonly operation: BinaryOperation;
  readonly dtypes: readonly DType[];
  /** Comparisons give bool, all else the dtype of the operands. */
  readonly isComparison?: boolean;
  readonly samples?: readonly [(shape: readonly number[]) => Sample, (shape: readonly number[]) => Sample];
  readonly simplify?: (x: Node, y: Node) => Node | undefined;
  readonly vjp: (inputs: readonly [x: Node, y: Node], cotangent: Node, output: Node) => readonly [Gradient, Gradient];
}

const shapes = [[2, 3], [], [1, 4, 1]];
const everyDType: readonly DType[] = ["f32", "i32", "u8", "bool", "f16", "bf16"];

/** An elementwise primitive of one operand. */
export function unaryPrimitive(options: UnaryOptions): Primitive {
  const { name, value, dtypes, vjp } = options;
  const primitive: Primitive = definePrimitive<readonly [x: TensorType]>({
    name,
    trait: "elementwise",
    isMonotone: options.isMonotone ?? false,
    type: ([x]) => {
      requireDType(name, x, dtypes);
      return x;
    },
    lower: ([x]) => {
      const element = x.at(...outputAxes(x.rank));
      return { kind: "map", value: typeof value === "string" ? unary(value, element) : value(element) };
    },
    vjp: ([x], cotangent, _attributes, output) => [vjp(x, cotangent, output)],
    batch: ([x]) => apply(primitive, [x.node]),
    simplify: ([x]) => options.simplify?.(x),
    cases: dtypes.flatMap((dtype) =>
      shapes.map((shape): Case => ({ inputs: [sampleOf(dtype, options.sample)(shape)] })),
    ),
    rejects: everyDType
      .filter((dtype) => !dtypes.includes(dtype))
      .map((dtype) => ({ inputs: [bits([3], dtype)], code: "dtype" })),
  });
  return primitive;
}

/** An elementwise primitive of two operands of equal type. */
export function binaryPrimitive(options: BinaryOptions): Primitive {
  const { name, operation, dtypes, vjp } = options;
  const [left, right] = options.samples ?? [undefined, undefined];
  const primitive: Primitive = definePrimitive<readonly [x: TensorType, y: TensorType]>({
    name,
    trait: "elementwise",
    type: ([x, y]) => {
      requireDType(name, x, dtypes);
      requireSameType(name, x, y);
      return options.isComparison === true ? { dtype: "bool", shape: x.shape } : x;
    },
    lower: ([x, y]) => {
      const place = outputAxes(x.rank);
      return { kind: "map", value: binary(operation, x.at(...place), y.at(...place)) };
    },
    vjp: (inputs, cotangent, _attributes, output) => vjp(inputs, cotangent, output),
    batch: ([x, y], _attributes, { spread }) => apply(primitive, [spread(x), spread(y)]),
    simplify: ([x, y]) => options.simplify?.(x, y),
    cases: dtypes.flatMap((dtype) =>
      shapes.map((shape): Case => ({ inputs: [sampleOf(dtype, left)(shape), sampleOf(dtype, right)(shape)] })),
    ),
    rejects: [
      ...everyDType
        .filter((dtype) => !dtypes.includes(dtype))
        .map((dtype) => ({ inputs: [bits([3], dtype), bits([3], dtype)], code: "dtype" as const })),
      ...dtypes.slice(0, 1).flatMap((dtype) => [
        { inputs: [bits([3], dtype), bits([1], dtype)], code: "shape" as const },
        { inputs: [bits([3], dtype), bits([3], dtype === "i32" ? "f32" : "i32")], code: "dtype" as const },
      ]),
    ],
  });
  return primitive;
}

function sampleOf(dtype: DType, sample: ((shape: readonly number[]) => Sample) | undefined) {
  return (shape: readonly number[]): Sample => {
    if (dtype === "f32" && sample !== undefined) return sample(shape);
    if (dtype === "f32" || dtype === "f16" || dtype === "bf16") return normal(shape, dtype);
    if (dtype === "i32") return bits(shape);
    return below(dtype === "bool" ? 2 : 256, shape, dtype);
  };
}
