// What a graph is made of, node by node: shapes, weights, operations. Shapes follow from tracing with tensors that hold nothing:
// no weight is read and nothing is computed.

import { SinterError } from "#engine/base/error.ts";
import { type Shape, shapeText, sizeOf } from "#engine/base/shape.ts";
import { type Node, sortNodes } from "#engine/graph/graph.ts";
import { loopOf } from "#engine/graph/loop.ts";
import { lowerNode } from "#engine/graph/primitive.ts";
import { parameter } from "#engine/ops/index.ts";
import { Tensor } from "#engine/tensor/tensor.ts";
import { weightNames } from "./analyze.ts";
import { typeFacts } from "./element-types.ts";
import type { ElementType, GraphModel, GraphNode, ValueInfo } from "./graph.ts";
import { innerScope, lookUp, type Scope } from "./scope.ts";
import { computed, known, weight, type TensorValue } from "./value.ts";
import { walkNode, type WalkContext } from "./walk.ts";

/** A node of a graph. */
export interface NodeFacts {
  readonly name: string;
  readonly operator: string;
  /** Of its first output; undefined where it depends on data, or on an operator that is not computed. */
  readonly shape: Shape | undefined;
  /** Elements of the constants that it is the first to take. */
  readonly numWeights: number;
  /** Operations of its products and convolutions, two for each pair of factors; undefined where its shape is. */
  readonly flops: number | undefined;
}

export interface GraphDescription {
  readonly nodes: readonly NodeFacts[];
  /** What was asked about: the shapes of inputs that are tensors. */
  readonly inputShapes: Readonly<Record<string, Shape>>;
  /** What extents that the file leaves open count as, by their names. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Operations of all nodes whose shape is known. */
  readonly flops: number;
  /** Nodes whose shape is not known. */
  readonly numUnknown: number;
}

/**
 * The description for one sample, unless the file says another size of batch. Other extents that it leaves open count as 1.
 * @param inputShape of one sample of the first input; other inputs get its extents by their names
 * @throws option where the first input has another rank
 */
export function describeGraph(model: GraphModel, context: WalkContext, inputShape?: Shape): GraphDescription {
  const { graph } = model;
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  const sizes = sizesOf(inputs, inputShape);
  const shapes = shapesOf(inputs, sizes);
  const scope = startOf(model, context, shapes);
  const untaken = new Map(Array.from(graph.initializers, ([name, { shape }]) => [name, sizeOf(shape)]));
  const seen = new Set<Node>();
  const nodes = graph.nodes.map((node): NodeFacts => {
    const numWeights = node.inputs.reduce((sum, name) => sum + (untaken.get(name) ?? 0), 0);
    for (const name of node.inputs) untaken.delete(name);
    const values = traced(node, scope, context);
    const flops = values?.reduce((sum, value) => sum + flopsBelow(nodesOf(value), seen), 0);
    return { name: node.name, operator: node.operator, shape: values?.[0]?.shape, numWeights, flops };
  });
  return {
    nodes,
    inputShapes: Object.fromEntries(Array.from(shapes, ([name, { shape }]) => [name, shape])),
    sizes: Object.fromEntries(sizes),
    flops: nodes.reduce((sum, { flops = 0 }) => sum + flops, 0),
    numUnknown: nodes.filter(({ flops }) => flops === undefined).length,
  };
}

type Extents = readonly (number | string | undefined)[];

function extentsOf({ type }: ValueInfo): Extents {
  return type.kind === "tensor" ? (type.shape ?? []) : [];
}

/** What an axis that a file leaves open is called. */
function openName(input: string, axis: number, extent: Extents[number]): string | undefined {
  if (typeof extent === "string" && extent !== "") return extent;
  return typeof extent === "number" && extent > 0 ? undefined : `${input}[${axis}]`;
}

/** Sizes of open extents: the batch is 1. */
function sizesOf(inputs: readonly ValueInfo[], inputShape: Shape | undefined): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const [place, input] of inputs.entries()) {
    const extents = extentsOf(input);
    const given = place === 0 ? inputShape : undefined;
    if (given !== undefined && given.length !== extents.length - 1) {
      throw new SinterError(
        "option",
        `onnx: a sample of input "${input.name}" has ${extents.length - 1} axes, but its shape was given as ` +
          `${shapeText(given)}. Give an extent for each.`,
        { name: input.name, shape: given },
      );
    }
    for (const [axis, extent] of extents.entries()) {
      const name = openName(input.name, axis, extent);
      if (name !== undefined && !sizes.has(name)) sizes.set(name, (axis === 0 ? undefined : given?.[axis - 1]) ?? 1);
    }
  }
  return sizes;
}

function shapesOf(
  inputs: readonly ValueInfo[],
  sizes: ReadonlyMap<string, number>,
): ReadonlyMap<string, { readonly type: ElementType; readonly shape: Shape }> {
  const shapes = new Map<string, { readonly type: ElementType; readonly shape: Shape }>();
  for (const input of inputs) {
    const { type, name } = input;
    if (type.kind !== "tensor" || type.type === undefined || type.type === "string") continue;
    const shape = extentsOf(input).map(
      (extent, axis) => sizes.get(openName(name, axis, extent) ?? "") ?? Number(extent),
    );
    shapes.set(name, { type: type.type, shape });
  }
  return shapes;
}

/** Inputs and constants, of which only small ones that are no weights have numbers. */
function startOf(model: GraphModel, { operators }: WalkContext, inputs: ReturnType<typeof shapesOf>): Scope {
  const scope = innerScope();
  const trained = weightNames(model, operators);
  for (const [name, { type, shape, read, place }] of model.graph.initializers) {
    const isRead = place === undefined && !trained.has(name);
    if (isRead) scope.values.set(name, known(type, shape, read(), `"${name}"`));
    else if (type !== "string") scope.values.set(name, weight(type, empty(type, shape), read));
  }
  for (const [name, { type, shape }] of inputs) scope.values.set(name, computed(type, empty(type, shape)));
  return scope;
}

function empty(type: ElementType, shape: Shape): Tensor {
  return new Tensor(parameter({ dtype: typeFacts(type).dtype, shape }));
}

/** What a node gives; undefined where it waits for data or is not computed. */
function traced(node: GraphNode, scope: Scope, context: WalkContext): TensorValue[] | undefined {
  try {
    if (node.inputs.some((name) => name !== "" && lookUp(scope, name) === undefined)) return undefined;
    if (!walkNode(node, scope, context)) return undefined;
  } catch (error) {
    // A file may hold what is not computed: the rest of it can be shown.
    if (error instanceof SinterError && error.code !== "bug") return undefined;
    throw error;
  }
  return node.outputs.flatMap((name) => {
    const value = lookUp(scope, name);
    return value?.kind === "tensor" ? [value] : [];
  });
}

function nodesOf(value: TensorValue): readonly Node[] {
  if (value.host !== undefined) return [];
  return [(value.channelsLast ?? value.device()).node];
}

/** Operations of nodes that have not been seen. */
function flopsBelow(outputs: readonly Node[], seen: Set<Node>): number {
  let flops = 0;
  for (const node of sortNodes(outputs, (one) => seen.has(one))) {
    if (seen.has(node)) continue;
    seen.add(node);
    const loop = loopOf(node);
    flops += loop === undefined ? flopsOf(node) : loop.length * flopsBelow(loop.body.outputs, seen);
  }
  return flops;
}

/** Two for each pair of factors: a kernel is applied at each output place, a transposed one at each input place. */
function flopsOf(node: Node): number {
  const { primitive, inputs, type } = node;
  if (primitive.trait !== "contraction") return 0;
  const [kernel, places] = inputs;
  if (primitive.name === "convolveInputGradient" && kernel !== undefined && places !== undefined) {
    return 2 * sizeOf(places.type.shape) * sizeOf(kernel.type.shape.slice(0, -1));
  }
  const form = lowerNode(node);
  return form.kind === "contract" ? 2 * sizeOf(type.shape) * sizeOf(form.extents) : 0;
}
