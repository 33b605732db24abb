// The rule of loops: one Scan, whose body takes from outside what every iteration shares.

import type { Node } from "#engine/graph/graph.ts";
import { loopOf, type Loop, type LoopResults } from "#engine/graph/loop.ts";
import { BugError } from "#engine/base/error.ts";
import { extentName } from "./write-extents.ts";
import type { OnnxGraph, OnnxValueInfo } from "./write-model.ts";
import { nth, type Facts, type Rule } from "./write-rule.ts";
import { int, ints, type Scope } from "./write-scope.ts";
import { known, made, nameOf, rankOf, straight, type Made, type Value } from "./write-value.ts";

/** The results of one loop, written together. */
export interface LoopRun {
  readonly needed: Node[];
  readonly written: Map<Node, Value>;
}

/** Writes nodes of a body from given values. @returns the value of a node */
export type WriteNodes = (
  outputs: readonly Node[],
  given: ReadonlyMap<Node, Value>,
  facts: Facts,
  scope: Scope,
) => (node: Node) => Value;

export interface LoopContext {
  readonly facts: Facts;
  readonly writeNodes: WriteNodes;
  /** Of the loops met so far. */
  readonly runs: Map<LoopResults, LoopRun>;
}

export function loopRule(node: Node, results: LoopResults, context: LoopContext): Rule {
  const { runs } = context;
  const run = runs.get(results) ?? { needed: [], written: new Map<Node, Value>() };
  runs.set(results, run);
  run.needed.push(node);
  return {
    inputs: node.inputs,
    write: (values, scope) => {
      if (run.written.size === 0) writeLoop(run, values, context, scope);
      const value = run.written.get(node);
      if (value === undefined) throw new BugError("A result of a loop was not written.");
      return value;
    },
  };
}

function writeLoop({ needed, written }: LoopRun, values: readonly Value[], context: LoopContext, scope: Scope): void {
  const { facts } = context;
  const first = nth(needed, 0);
  const loop = requireLoop(first);
  const { numConstants, numCarries, length } = loop;
  const whole = values.slice(numConstants).map((value, index) => {
    const extents = facts.extents(nth(first.inputs, numConstants + index));
    return nameOf(value, { order: straight(rankOf(value)), extents }, scope);
  });
  // Scan counts its iterations by its rows: a loop without any gets some.
  const count = (): string => {
    const zeros = known("f32", [length], new Float32Array(length), "iterations");
    return nameOf(zeros, { order: [0] }, scope);
  };
  const hasRows = values.length > numConstants + numCarries;
  const stacked = needed.filter((node) => requireLoop(node).result >= numCarries);
  const body = writeBody(loop, stacked, { values, context, scope, hasRows });
  const numRows = hasRows ? values.length - numConstants - numCarries : 1;
  const direction = (count: number): ReturnType<typeof ints> =>
    ints(straight(count).map(() => (loop.isReversed ? 1 : 0)));
  const outputs = [...straight(numCarries), ...stacked].map(() => scope.sheet.unique("Scan"));
  scope.nodes.push({
    name: scope.sheet.unique("Scan"),
    operator: "Scan",
    inputs: hasRows ? whole : [...whole, count()],
    outputs,
    attributes: {
      body: { kind: "graph", value: body },
      num_scan_inputs: int(numRows),
      ...(loop.isReversed
        ? { scan_input_directions: direction(numRows), scan_output_directions: direction(stacked.length) }
        : {}),
    },
  });
  for (const node of needed) {
    const { result } = requireLoop(node);
    const place = result < numCarries ? result : numCarries + stacked.indexOf(node);
    written.set(node, made(nth(outputs, place), node.type.dtype, facts.extents(node), scope));
  }
}

interface Surroundings {
  readonly values: readonly Value[];
  readonly context: LoopContext;
  readonly scope: Scope;
  readonly hasRows: boolean;
}

/** The body: carries and rows in, next carries and what is stacked out. */
function writeBody(loop: Loop, stacked: readonly Node[], { values, context, scope, hasRows }: Surroundings): OnnxGraph {
  const { numConstants, numCarries, body } = loop;
  const { facts, writeNodes } = context;
  const inside = scope.inside();
  const given = new Map<Node, Value>();
  const inputs: OnnxValueInfo[] = [];
  body.parameters.forEach((parameter, index) => {
    const value =
      index < numConstants
        ? nth(values, index)
        : made(scope.sheet.unique("row"), parameter.type.dtype, facts.extents(parameter), inside);
    given.set(parameter, value);
    if (index >= numConstants && value.kind === "made") inputs.push(infoOf(value));
  });
  if (!hasRows) inputs.push({ name: scope.sheet.unique("row"), dtype: "f32", shape: [] });
  const results = [
    ...body.outputs.slice(0, numCarries),
    ...stacked.map((node) => {
      const own = requireLoop(node);
      return nth(own.body.outputs, own.result);
    }),
  ];
  const valueOf = writeNodes(results, given, facts, inside);
  const outputs = results.map((node) => ({
    name: ownName(valueOf(node), node, facts, inside),
    dtype: node.type.dtype,
    shape: facts.extents(node).map(extentName),
  }));
  return { name: scope.sheet.unique("step"), nodes: inside.nodes, initializers: [], inputs, outputs };
}

/** A name that only this output of the body has. */
function ownName(value: Value, node: Node, facts: Facts, inside: Scope): string {
  const name = nameOf(value, { order: straight(rankOf(value)), extents: facts.extents(node) }, inside);
  return inside.emit("Identity", [name]);
}

/** A value as a graph says what it takes or gives. */
export function infoOf({ name, dtype, held }: Made): OnnxValueInfo {
  return { name, dtype, shape: held.map(extentName) };
}

function requireLoop(node: Node): Loop {
  const loop = loopOf(node);
  if (loop === undefined) throw new BugError(`A ${node.primitive.name} is no loop.`);
  return loop;
}
