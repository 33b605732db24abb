// Which nodes are written and how: from the outputs downwards each node that is needed chooses its rule, then the rules
// run from the inputs upwards.

import { BugError, SinterError } from "#engine/base/error.ts";
import { sortNodes, type Node } from "#engine/graph/graph.ts";
import { loopsAmong, type LoopResults } from "#engine/graph/loop.ts";
import { elementwiseRules } from "./write-elementwise.ts";
import { loopRule, type LoopContext, type LoopRun, type WriteNodes } from "./write-loop.ts";
import { movementRules } from "./write-movement.ts";
import { patterns } from "./write-patterns.ts";
import { productRules } from "./write-products.ts";
import { recurrentRule } from "./write-recurrent.ts";
import { reductionRules } from "./write-reductions.ts";
import type { Facts, Rule, RuleOf } from "./write-rule.ts";
import type { Scope } from "./write-scope.ts";
import type { Value } from "./write-value.ts";

const rules: Readonly<Record<string, RuleOf>> = {
  ...elementwiseRules,
  ...movementRules,
  ...reductionRules,
  ...productRules,
};

/** Primitives that have an operator, or some, in ONNX. */
export const writtenPrimitives: readonly string[] = [...Object.keys(rules), "parameter", "loop"];

export interface Plan {
  /** Inputs before users. */
  readonly steps: readonly { readonly node: Node; readonly rule: Rule }[];
  /** Given nodes that the rules take. */
  readonly taken: ReadonlySet<Node>;
}

/** What rules ask of nodes, but for what only a graph tells. */
export type NodeFacts = Omit<Facts, "numUses">;

/**
 * The plan for some outputs.
 * @param isGiven whether a node's value is there already
 * @throws option for a node that ONNX has no operator for
 */
export function planOf(outputs: readonly Node[], nodeFacts: NodeFacts, isGiven: (node: Node) => boolean): Plan {
  const nodes = sortNodes(outputs, isGiven);
  const facts = { ...nodeFacts, numUses: usesIn(nodes, outputs, isGiven) };
  const loops = loopsAmong(nodes.filter((node) => !isGiven(node)));
  const runs = new Map<LoopResults, LoopRun>();
  const needed = new Set<Node>(outputs);
  const steps: { node: Node; rule: Rule }[] = [];
  for (const node of nodes.toReversed()) {
    if (!needed.has(node) || isGiven(node)) continue;
    const loop = loops.get(node);
    const rule = loop === undefined ? ruleFor(node, facts) : ruleForLoop(node, loop, { facts, runs, writeNodes });
    steps.push({ node, rule });
    for (const input of rule.inputs) needed.add(input);
  }
  return { steps: steps.toReversed(), taken: new Set([...needed].filter(isGiven)) };
}

/** Writes what was planned. @returns the value of a node */
export function runPlan(
  { steps }: Plan,
  given: (node: Node) => Value | undefined,
  scope: Scope,
): (node: Node) => Value {
  const values = new Map<Node, Value>();
  const valueOf = (node: Node): Value => {
    const value = values.get(node) ?? given(node);
    if (value === undefined) throw new BugError(`A ${node.primitive.name} was not written.`);
    return value;
  };
  for (const { node, rule } of steps) values.set(node, rule.write(rule.inputs.map(valueOf), scope));
  return valueOf;
}

const writeNodes: WriteNodes = (outputs, given, facts, scope) =>
  runPlan(
    planOf(outputs, facts, (node) => given.has(node)),
    (node) => given.get(node),
    scope,
  );

function ruleFor(node: Node, facts: Facts): Rule {
  for (const pattern of patterns[node.primitive.name] ?? []) {
    const rule = pattern(node, facts);
    if (rule !== undefined) return rule;
  }
  const rule = rules[node.primitive.name]?.(node, facts);
  if (rule !== undefined) return rule;
  const { name } = node.primitive;
  const message = `ONNX has no operator for ${name}. Export the layers before and after as models of their own, or use another layer.`;
  throw new SinterError("option", message, { primitive: name });
}

function ruleForLoop(node: Node, results: LoopResults, context: LoopContext): Rule {
  return recurrentRule(node, results, context) ?? loopRule(node, results, context);
}

/** How many nodes and outputs take a node. */
function usesIn(
  nodes: readonly Node[],
  outputs: readonly Node[],
  isGiven: (node: Node) => boolean,
): (node: Node) => number {
  const counts = new Map<Node, number>();
  const count = (node: Node): void => void counts.set(node, (counts.get(node) ?? 0) + 1);
  for (const node of nodes) if (!isGiven(node)) node.inputs.forEach(count);
  outputs.forEach(count);
  return (node) => counts.get(node) ?? 0;
}
