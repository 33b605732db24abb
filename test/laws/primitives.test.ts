// The laws of primitives, over the closed list: a new primitive is tested by existing.

import { describe, expect, test } from "vitest";
import { SinterError } from "#engine/base/error.ts";
import { isFloating, type HostArray } from "#engine/base/dtype.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { reverse } from "#engine/grad/reverse.ts";
import { simplifyGraph } from "#engine/grad/simplify.ts";
import { apply, type Graph, type Node } from "#engine/graph/graph.ts";
import type { Case, Primitive } from "#engine/graph/primitive.ts";
import { multiply, parameter, primitives, reduceSum } from "#engine/ops/index.ts";
import { interpret } from "#engine/target/js/interpreter.ts";
import { makeSample } from "./samples.ts";
import { errorOf } from "./compare.ts";
import { gradientStep, gradientTolerance, targetTolerance } from "../tolerances.ts";

interface Built {
  readonly parameters: readonly Node[];
  readonly output: Node;
  readonly args: readonly HostArray[];
}

function build(primitive: Primitive, one: Case): Built {
  const parameters = one.inputs.map((sample) => parameter(sample.type));
  const args = one.inputs.map((sample, index) => makeSample(sample, index + 1));
  return { parameters, output: apply(primitive, parameters, one.attributes), args };
}

function graphOf(parameters: readonly Node[], outputs: readonly Node[]): Graph {
  return { parameters, outputs, donations: outputs.map(() => -1) };
}

function sumOfAll(node: Node): Node {
  return reduceSum(node, [...node.type.shape.keys()]);
}

describe.each(primitives.map((primitive) => [primitive.name, primitive] as const))("%s", (name, primitive) => {
  test("names itself once", () => {
    expect(primitives.filter((other) => other.name === name)).toHaveLength(1);
    expect(primitive.cases.length > 0 || primitive.trait === "parameter").toBe(true);
  });

  test.each(primitive.cases.map((one, index) => [index, one] as const))("case %i has its type", (_index, one) => {
    const { parameters, output, args } = build(primitive, one);
    const [result] = interpret(graphOf(parameters, [output]), args, { precision: "f64" });
    expect(result).toHaveLength(sizeOf(output.type.shape));
    const [rounded] = interpret(graphOf(parameters, [output]), args, { precision: "f32" });
    expect(errorOf(rounded!, result!, output.type.dtype)).toBeLessThan(targetTolerance);
  });

  const differentiable = primitive.cases.filter((one) => one.inputs.some(({ type }) => type.dtype === "f32"));
  test.each(differentiable.map((one, index) => [index, one] as const))("gradient %i", (_index, one) => {
    const { parameters, output, args } = build(primitive, one);
    if (output.type.dtype !== "f32") return;
    const weights = parameter(output.type);
    const weight = Float64Array.from(makeSample({ kind: "positive", type: output.type }, 9));
    const loss = sumOfAll(multiply(output, weights));
    const all = [...parameters, weights];
    const doubles = args.map((data) => (data instanceof Float32Array ? Float64Array.from(data) : data));
    const targets = parameters.filter((node) => isFloating(node.type.dtype));
    const gradients = reverse(loss, targets);
    const computed = interpret(graphOf(all, gradients), [...doubles, weight], { precision: "f64" });
    // The simplified graph has the same gradients.
    const replaced = simplifyGraph([loss]);
    const simplified = reverse(replaced.get(loss) ?? loss, targets);
    const again = interpret(graphOf(all, simplified), [...doubles, weight], { precision: "f64" });
    const lossAt = (values: readonly HostArray[]): number => {
      const [value] = interpret(graphOf(all, [loss]), [...values, weight], { precision: "f64" });
      return value![0]!;
    };
    targets.forEach((target, index) => {
      const position = parameters.indexOf(target);
      const numeric = centralDifferences(doubles, position, lossAt);
      expect(errorOf(computed[index]!, numeric, "f32")).toBeLessThan(gradientTolerance);
      expect(errorOf(again[index]!, computed[index]!, "f32")).toBeLessThan(1e-12);
    });
  });

  test.each(primitive.rejects.map((one, index) => [index, one] as const))("reject %i", (_index, one) => {
    let thrown: unknown;
    try {
      build(primitive, one);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(SinterError);
    expect(thrown).toMatchObject({ code: one.code });
  });
});

function centralDifferences(
  args: readonly HostArray[],
  position: number,
  lossAt: (values: readonly HostArray[]) => number,
): Float64Array {
  const original = args[position]!;
  return Float64Array.from(original, (value, index) => {
    const at = (moved: number): number => {
      const copy = Float64Array.from(original);
      copy[index] = moved;
      return lossAt(args.map((data, other) => (other === position ? copy : data)));
    };
    const step = gradientStep * Math.max(1, Math.abs(value));
    return (at(value + step) - at(value - step)) / (2 * step);
  });
}
