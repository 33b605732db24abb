// Rules of elementwise primitives.

import type { DType } from "#engine/base/dtype.ts";
import type { Node } from "#engine/graph/graph.ts";
import { Formula, nth, writeElementwise, type RuleOf } from "./write-rule.ts";
import type { Value } from "./write-value.ts";

/** One operator with the same operands. */
function plain(operator: string): RuleOf {
  return (node) => ({
    inputs: node.inputs,
    write: (values, scope) => writeElementwise(operator, values, node.type.dtype, scope),
  });
}

type Operands = readonly [x: Value, y: Value];

/** A composition of operators; `y` is `x` again where there is one operand. */
function composed(write: (formula: Formula, operands: Operands, node: Node) => Value): RuleOf {
  return (node) => ({
    inputs: node.inputs,
    write: (values, scope) => write(new Formula(scope), [nth(values, 0), nth(values, values.length > 1 ? 1 : 0)], node),
  });
}

/** The first operand as it is. */
const asItIs: RuleOf = (node) => ({ inputs: node.inputs.slice(0, 1), write: (values) => nth(values, 0) });

/** ONNX leaves a quotient by 0 open; sinter's is 0. */
function guarded(formula: Formula, divisor: Value, write: (divisor: Value) => Value): Value {
  if (divisor.kind === "known" && divisor.data.every((value) => value !== 0)) return write(divisor);
  const isZero = formula.test("Equal", divisor, 0);
  return formula.choose(isZero, 0, write(formula.choose(isZero, 1, divisor)));
}

function modulo(formula: Formula, [x, y]: Operands): Value {
  if (x.dtype === "i32") return guarded(formula, y, (divisor) => formula.of("Mod", x, divisor));
  return formula.of("Sub", x, formula.of("Mul", y, formula.of("Floor", formula.of("Div", x, y))));
}

/** Div cuts towards 0: what is left over is taken away before. */
function floorDivide(formula: Formula, [x, y]: Operands): Value {
  return guarded(formula, y, (divisor) =>
    formula.of("Div", formula.of("Sub", x, formula.of("Mod", x, divisor)), divisor),
  );
}

/** Shifts exist for numbers without a sign. */
function shift(direction: "LEFT" | "RIGHT"): RuleOf {
  return composed((formula, [x, y]) => {
    const bits = [x, formula.of("BitwiseAnd", y, 31)].map((value) => formula.cast(value, "u32"));
    const attributes = { direction: { kind: "string", value: direction } } as const;
    return formula.cast(writeElementwise("BitShift", bits, "i32", formula.scope, attributes), "i32");
  });
}

/** Numbers saturate when they become integers, and what is no number becomes 0. */
function cast(formula: Formula, x: Value, from: DType, to: DType): Value {
  if (from === "u8" || from === "bool" || to === "f32" || to === "f16" || to === "bf16" || to === "bool") {
    return formula.cast(x, to);
  }
  if (to === "u8") return formula.cast(formula.of("Max", formula.of("Min", x, 255), 0), "u8");
  return formula.cast(x, to);
}

export const elementwiseRules: Readonly<Record<string, RuleOf>> = {
  negate: plain("Neg"),
  abs: plain("Abs"),
  sign: plain("Sign"),
  exp: plain("Exp"),
  expm1: composed((formula, [x]) => formula.of("Sub", formula.of("Exp", x), 1)),
  log: plain("Log"),
  log1p: composed((formula, [x]) => formula.of("Log", formula.of("Add", x, 1))),
  sqrt: plain("Sqrt"),
  tanh: plain("Tanh"),
  sin: plain("Sin"),
  cos: plain("Cos"),
  erf: plain("Erf"),
  floor: plain("Floor"),
  ceil: plain("Ceil"),
  round: plain("Round"),
  relu: plain("Relu"),
  logicalNot: plain("Not"),
  add: plain("Add"),
  subtract: plain("Sub"),
  multiply: plain("Mul"),
  divide: plain("Div"),
  power: plain("Pow"),
  modulo: composed(modulo),
  floorDivide: composed(floorDivide),
  maximum: plain("Max"),
  minimum: plain("Min"),
  equal: plain("Equal"),
  notEqual: composed((formula, [x, y]) => formula.test("Not", formula.test("Equal", x, y))),
  less: plain("Less"),
  lessEqual: plain("LessOrEqual"),
  logicalAnd: plain("And"),
  logicalOr: plain("Or"),
  bitwiseAnd: plain("BitwiseAnd"),
  bitwiseOr: plain("BitwiseOr"),
  bitwiseXor: plain("BitwiseXor"),
  shiftLeft: shift("LEFT"),
  shiftRightLogical: shift("RIGHT"),
  select: plain("Where"),
  cast: composed((formula, [x], { type, inputs }) => cast(formula, x, nth(inputs, 0).type.dtype, type.dtype)),
  identity: asItIs,
  after: asItIs,
  customGradient: asItIs,
};
