// How operations of TensorFlow are said by operators of ONNX where both mean the same.

import type { Attribute } from "../../onnx/graph.ts";
import { operators as onnxOperators } from "../../onnx/operators/index.ts";
import { input, type Call, type Operator, wrongNode } from "../../onnx/operator.ts";
import type { TensorValue, Value } from "../../onnx/value.ts";

/** The version of ONNX's operators that is meant here. */
const opset = 18;

/** An operator of ONNX on values, with attributes. */
export function byOnnx(
  call: Call,
  operator: string,
  inputs: readonly (Value | undefined)[],
  attributes: Readonly<Record<string, number | readonly number[] | string>> = {},
): readonly Value[] {
  const found = Object.hasOwn(onnxOperators, operator) ? onnxOperators[operator] : undefined;
  if (found === undefined) throw wrongNode(call, `ONNX's ${operator} is missing`);
  const listed = Object.entries(attributes).map(([name, value]): [string, Attribute] => [name, attributeOf(value)]);
  return found.run({ inputs, opset, node: { ...call.node, attributes: new Map(listed) } });
}

/** The first value that it gives. */
export function oneByOnnx(...[call, ...rest]: Parameters<typeof byOnnx>): TensorValue {
  const [value] = byOnnx(call, ...rest);
  if (value?.kind !== "tensor") throw wrongNode(call, "no tensor came");
  return value;
}

function attributeOf(value: number | readonly number[] | string): Attribute {
  if (typeof value === "number") return { kind: "number", value };
  return typeof value === "string" ? { kind: "text", value } : { kind: "numbers", value };
}

/** The same operation under another name: all inputs, no attributes. */
export function same(operator: string): Operator {
  return { run: (call) => byOnnx(call, operator, call.inputs) };
}

/** An operation that makes one tensor of a call. */
export function making(make: (call: Call) => TensorValue, known?: readonly number[]): Operator {
  return { known, run: (call) => [make(call)] };
}

/** All inputs from a place on. */
export function inputsFrom(call: Call, start: number): TensorValue[] {
  return call.inputs.slice(start).map((_, index) => input(call, start + index));
}
