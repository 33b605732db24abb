// Operations of TensorFlow on single elements.

import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { binary, castTo, choose, unary, type Binary } from "../../onnx/elementwise.ts";
import { isFloatingType } from "../../onnx/element-types.ts";
import type { ElementType } from "../../onnx/graph.ts";
import { reshape } from "../../onnx/movement.ts";
import { input, numberOf, textOf, type Call, type Operators, wrongNode } from "../../onnx/operator.ts";
import type { TensorValue } from "../../onnx/value.ts";
import { making, oneByOnnx, same } from "./calls.ts";

const subtract: Binary = { host: (x, y) => x - y, device: (x, y) => x.sub(y) };
const multiply: Binary = { host: (x, y) => x * y, device: (x, y) => x.mul(y) };
const largest: Binary = { host: Math.max, device: (x, y) => x.maximum(y) };
const smallest: Binary = { host: Math.min, device: (x, y) => x.minimum(y) };

/** A floor of a quotient, and what is left of it: with the sign of the divisor. */
const floorQuotient: Binary = {
  host: (x, y) => (y === 0 ? 0 : Math.floor(x / y)),
  device: (x, y) => (x.dtype === "f32" ? x.div(y).floor() : x.floorDiv(y)),
};
const floorRest: Binary = { host: (x, y) => x - y * Math.floor(x / y), device: (x, y) => x.mod(y) };

function pair(call: Call, operation: Binary, type?: ElementType): TensorValue {
  const x = input(call, 0);
  return binary(x, input(call, 1), operation, type ?? x.type);
}

/** A quotient of floats; of whole numbers too where TensorFlow has them as such. */
function realQuotient(call: Call): TensorValue {
  const [x, y] = [input(call, 0), input(call, 1)];
  const quotient: Binary = { host: (a, b) => a / b, device: (a, b) => a.div(b) };
  return binary(castTo(x, "f32"), castTo(y, "f32"), quotient);
}

/** 0 where the divisor is 0. */
const quotientOrZero: Binary = {
  host: (x, y) => (y === 0 ? 0 : x / y),
  device: (x, y) => where(y.equal(0), 0, x.div(where(y.equal(0), 1, y))),
};

const squaredDifference: Binary = {
  host: (x, y) => (x - y) ** 2,
  device: (x, y) => {
    const difference = x.sub(y);
    return difference.mul(difference);
  },
};

/** The angle of a point, in all four quadrants. */
function angle(call: Call): TensorValue {
  const y = input(call, 0);
  const x = input(call, 1);
  const quotient = binary(y, x, { host: (a, b) => a / b, device: (a, b) => a.div(b) });
  const plain = oneByOnnx(call, "Atan", [quotient]);
  const turn = binary(y, x, {
    host: (a, b) => (b >= 0 ? 0 : a >= 0 ? Math.PI : -Math.PI),
    device: (a, b) => where(b.greaterEqual(0), 0, where(a.greaterEqual(0), Math.PI, -Math.PI)),
  });
  return binary(plain, turn, { host: (a, b) => a + b, device: (a, b) => a.add(b) });
}

/** x, or x times alpha where it is below 0. */
function leaky(x: TensorValue, alpha: number): TensorValue {
  return unary(x, {
    host: (value) => (value < 0 ? value * alpha : value),
    device: (tensor) => where(tensor.less(0), tensor.mul(alpha), tensor),
  });
}

/** x, or x times its own alpha where it is below 0. */
export function parametricRelu(x: TensorValue, alpha: TensorValue): TensorValue {
  return binary(x, alpha, {
    host: (value, factor) => (value < 0 ? value * factor : value),
    device: (tensor, factor) => where(tensor.less(0), tensor.mul(factor), tensor),
  });
}

function clipped(x: TensorValue, low: number, high: number): TensorValue {
  return unary(x, {
    host: (value) => Math.min(Math.max(value, low), high),
    device: (tensor) => tensor.clip(low, high),
  });
}

/** Between 0 and 6. */
export function relu6(x: TensorValue): TensorValue {
  return clipped(x, 0, 6);
}

/** An activation by the name that fused operations have for it. @throws format for another */
export function activated(call: Call, name: string, x: TensorValue): TensorValue {
  if (name === "Relu" || name === "Elu" || name === "Sigmoid" || name === "Tanh") return oneByOnnx(call, name, [x]);
  if (name === "Relu6") return relu6(x);
  if (name === "LeakyRelu") return leaky(x, numberOf(call, "leakyrelu_alpha", 0.2));
  throw wrongNode(call, `the fused operation ${name}`);
}

/** A condition of one axis chooses whole rows. */
function chosen(call: Call): TensorValue {
  const [condition, x, y] = [input(call, 0), input(call, 1), input(call, 2)];
  const isByRow = call.node.operator === "Select" && condition.shape.length === 1 && x.shape.length > 1;
  const spread = isByRow ? reshape(condition, [...condition.shape, ...x.shape.slice(1).map(() => 1)]) : condition;
  return choose(spread, x, y);
}

/** The element types of TensorFlow; whole numbers of 64 bits are those of 32, as TensorFlow.js has them. */
const types: ReadonlyMap<string, ElementType> = new Map([
  ["DT_FLOAT", "f32"],
  ["DT_HALF", "f32"],
  ["DT_BFLOAT16", "f32"],
  ["DT_DOUBLE", "f32"],
  ["DT_INT32", "i32"],
  ["DT_INT64", "i32"],
  ["DT_INT16", "i32"],
  ["DT_INT8", "i32"],
  ["DT_UINT8", "i32"],
  ["DT_BOOL", "bool"],
  ["DT_STRING", "string"],
]);

/** The type that an attribute names, or the one to take where there is none. @throws format for one that is not read */
export function typeOf(call: Call, name: string, otherwise: string): ElementType {
  const text = textOf(call, name, otherwise);
  const type = elementTypeNamed(text);
  if (type === undefined) throw wrongNode(call, `the type ${text}`);
  return type;
}

/** What TensorFlow's name of a type is called here. */
export function elementTypeNamed(name: string): ElementType | undefined {
  return types.get(name);
}

const one = (host: (x: number) => number, device: (x: Tensor) => Tensor): Operators[string] =>
  making((call) => unary(input(call, 0), { host, device }));

const unequal: Binary = {
  host: (x, y) => Number(x !== y),
  device: (x, y) => (x.dtype === "bool" ? x.cast("i32").notEqual(y.cast("i32")) : x.notEqual(y)),
};

const sameNames = ["Abs", "Neg", "Sign", "Floor", "Ceil", "Round", "Sqrt", "Reciprocal", "Relu", "Exp", "Log", "Sin"];
const moreNames = ["Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh", "Erf"];
const lastNames = [
  "Sigmoid",
  "Softplus",
  "Softsign",
  "Elu",
  "Selu",
  "Pow",
  "Sub",
  "Mul",
  "Add",
  "Equal",
  "Less",
  "Greater",
];

/** Operators that ONNX calls otherwise. */
const renamed: Readonly<Record<string, string>> = {
  Rint: "Round",
  Inv: "Reciprocal",
  AddV2: "Add",
  AddN: "Sum",
  BiasAddV1: "Add",
  Maximum: "Max",
  Minimum: "Min",
  LessEqual: "LessOrEqual",
  GreaterEqual: "GreaterOrEqual",
  LogicalAnd: "And",
  LogicalOr: "Or",
  LogicalXor: "Xor",
  LogicalNot: "Not",
  BitwiseAnd: "BitwiseAnd",
  IsNan: "IsNaN",
  IsInf: "IsInf",
};

export const elementwiseOperators: Operators = {
  ...Object.fromEntries([...sameNames, ...moreNames, ...lastNames].map((name) => [name, same(name)])),
  ...Object.fromEntries(Object.entries(renamed).map(([name, onnx]) => [name, same(onnx)])),
  Div: making((call) =>
    isFloatingType(input(call, 0).type) ? realQuotient(call) : oneByOnnx(call, "Div", call.inputs),
  ),
  RealDiv: making(realQuotient),
  DivNoNan: making((call) => pair(call, quotientOrZero)),
  FloorDiv: making((call) => pair(call, floorQuotient)),
  FloorMod: making((call) => pair(call, floorRest)),
  Mod: making((call) => oneByOnnx(call, "Mod", call.inputs, { fmod: 1 })),
  SquaredDifference: making((call) => pair(call, squaredDifference)),
  NotEqual: making((call) => pair(call, unequal, "bool")),
  Atan2: making(angle),
  Rsqrt: one(
    (x) => 1 / Math.sqrt(x),
    (x) => x.sqrt().pow(-1),
  ),
  Square: making((call) => binary(input(call, 0), input(call, 0), multiply)),
  Expm1: one(Math.expm1, (x) => x.expm1()),
  Log1p: one(Math.log1p, (x) => x.log1p()),
  Relu6: making((call) => relu6(input(call, 0))),
  LeakyRelu: making((call) => leaky(input(call, 0), numberOf(call, "alpha", 0.2))),
  Prelu: making((call) => parametricRelu(input(call, 0), input(call, 1))),
  ClipByValue: making((call) => binary(binary(input(call, 0), input(call, 1), largest), input(call, 2), smallest)),
  IsFinite: making((call) => {
    const x = input(call, 0);
    const difference = binary(x, x, subtract);
    return unary(difference, { host: (value) => Number(value === 0), device: (tensor) => tensor.equal(0) }, "bool");
  }),
  Select: making(chosen),
  SelectV2: making(chosen),
  Cast: making((call) => castTo(input(call, 0), typeOf(call, "DstT", "DT_FLOAT"))),
};
