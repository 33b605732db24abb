// Checks that a graph keeps every promise that passes and targets rely on. Runs after every pass in tests.

import { BugError } from "#engine/base/error.ts";
import { sameShape } from "#engine/base/shape.ts";
import { partsOf, scalarTypeOf, walk, type Expression, type ScalarType } from "#engine/graph/expression.ts";
import { sortNodes, typeText, type Graph, type Node } from "#engine/graph/graph.ts";
import { lowerNode, type Form } from "#engine/graph/primitive.ts";
import { printGraph } from "#engine/graph/print.ts";

/** Fails with the printed graph at the first broken promise. @throws bug */
export function verifyGraph(graph: Graph): void {
  try {
    verifyParameters(graph);
    verifyDonations(graph);
    for (const node of sortNodes(graph.outputs)) verifyNode(node);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    throw new BugError(`${error.message}\n${printGraph(graph)}\n`, { promise: error.message });
  }
}

class Broken extends Error {}

function promise(holds: boolean, message: string): void {
  if (!holds) throw new Broken(message);
}

function verifyParameters({ parameters, outputs }: Graph): void {
  promise(new Set(parameters).size === parameters.length, "A parameter is listed twice.");
  for (const parameter of parameters) promise(parameter.primitive.trait === "parameter", "A parameter is none.");
  for (const node of sortNodes(outputs)) {
    const isListed = node.primitive.trait !== "parameter" || parameters.includes(node);
    promise(isListed, `Parameter ${typeText(node.type)} is not listed.`);
  }
}

function verifyDonations({ parameters, outputs, donations }: Graph): void {
  promise(donations.length === outputs.length, `${donations.length} donations for ${outputs.length} outputs.`);
  const given = donations.filter((donation) => donation >= 0);
  promise(new Set(given).size === given.length, "A parameter is donated twice.");
  outputs.forEach((output, index) => {
    const donation = donations[index] ?? -1;
    if (donation < 0) return;
    const parameter = parameters[donation];
    const fits = parameter !== undefined && typeText(parameter.type) === typeText(output.type);
    promise(fits, `Output ${index} takes the place of a parameter of another type.`);
  });
}

function verifyNode(node: Node): void {
  const name = node.primitive.name;
  const type = node.primitive.type(
    node.inputs.map((input) => input.type),
    node.attributes,
  );
  const isSame = type.dtype === node.type.dtype && sameShape(type.shape, node.type.shape);
  promise(isSame, `${name} is ${typeText(node.type)} but its inputs make ${typeText(type)}.`);
  const form = lowerNode(node);
  promise((form.kind === "parameter") === (node.primitive.trait === "parameter"), `${name} has form ${form.kind}.`);
  verifyForm(node, form);
}

function verifyForm(node: Node, form: Form): void {
  const { name } = node.primitive;
  const own = scalarTypeOf(node.type.dtype);
  const rank = node.type.shape.length;
  switch (form.kind) {
    case "parameter":
      return;
    case "map":
      verifyExpression(node, form.value, rank);
      promise(form.value.type === own, `${name} maps to ${form.value.type}, expected ${own}.`);
      return;
    case "reduce":
      verifyExpression(node, form.value, rank + form.extents.length);
      promise(form.combiner === "argmax" ? own === "i32" : form.value.type === own, `${name} reduces to ${own}.`);
      return;
    case "contract":
      for (const factor of [form.left, form.right]) {
        verifyExpression(node, factor, rank + form.extents.length);
        const core = factor.kind === "guarded" ? factor.value : factor;
        promise(core.kind === "read", `${name} contracts ${core.kind}, expected a read.`);
        promise(factor.type === own, `${name} contracts ${factor.type}, expected ${own}.`);
      }
      return;
    case "scatter":
      promise(form.at.length === rank, `${name} scatters to ${form.at.length} places of ${rank}.`);
      for (const part of [...form.at, form.value]) verifyExpression(node, part, form.extents.length);
      promise(form.value.type === own, `${name} scatters ${form.value.type}, expected ${own}.`);
      return;
    case "loop":
      verifyGraph(form.body);
      promise(
        form.result < form.body.outputs.length,
        `${name} is result ${form.result} of ${form.body.outputs.length}.`,
      );
      return;
    default:
      return form satisfies never;
  }
}

function verifyExpression(node: Node, expression: Expression, numAxes: number): void {
  const { name } = node.primitive;
  walk(expression, (part) => {
    promise(part.kind !== "accumulator", `${name} has an accumulator.`);
    if (part.kind === "axis") {
      promise(part.axis >= 0 && part.axis < numAxes, `${name} uses axis ${part.axis} of ${numAxes}.`);
    }
    if (part.kind === "read") {
      const operand = node.inputs[part.operand];
      promise(
        operand?.type.shape.length === part.at.length,
        `${name} reads operand ${part.operand} with a wrong rank.`,
      );
      promise(operand === undefined || scalarTypeOf(operand.type.dtype) === part.type, `${name} reads ${part.type}.`);
    }
    for (const [index, type] of expectedTypes(part).entries()) {
      const given = partsOf(part)[index]?.type;
      promise(given === type, `${name}: ${part.kind} of ${given ?? "nothing"}, expected ${type}.`);
    }
  });
}

/** The types that the parts of an expression must have. */
function expectedTypes(part: Expression): readonly ScalarType[] {
  switch (part.kind) {
    case "read":
      return part.at.map(() => "i32");
    case "binary":
      return [part.x.type, part.x.type];
    case "select":
      return ["bool", part.type, part.type];
    case "guarded":
      return ["bool", part.type];
    case "random":
      return ["i32", "i32", "i32", "i32"];
    default:
      return [];
  }
}
