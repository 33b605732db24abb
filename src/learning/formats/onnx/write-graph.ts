// From a traced function to an ONNX model: folds what depends on weights alone, plans, writes.

import { sizeOf } from "#engine/base/shape.ts";
import { sortNodes, type Node } from "#engine/graph/graph.ts";
import { Tensor } from "#engine/tensor/tensor.ts";
import { hasValue, traceGraph, type FunctionGraph } from "#engine/tensor/trace-graph.ts";
import type { DType } from "#engine/base/dtype.ts";
import { dependent, extentName, isFixed, TracePair } from "./write-extents.ts";
import { infoOf } from "./write-loop.ts";
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from "./write-model.ts";
import { planOf, runPlan } from "./write-plan.ts";
import { bytesOf, Scope, Sheet } from "./write-scope.ts";
import { known, made, nameOf, rankOf, straight, type Known, type Made, type Value } from "./write-value.ts";

/** A value that the function takes: the type of one sample, or of the whole where it has no batch. */
export interface FunctionInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** What it is where nobody gives it; such an input has no batch. */
  readonly initial?: Tensor | undefined;
}

export interface FunctionToWrite {
  readonly name: string;
  readonly inputs: readonly FunctionInput[];
  readonly outputNames: readonly string[];
  /** Held tensors (`heldTensor`) by the names that they get in the file. */
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
  /** A number for one size of batch; else the file takes every size. */
  readonly batchSize?: number | undefined;
  readonly body: (args: readonly Tensor[]) => readonly Tensor[];
}

/** Traces of sizes that no other extent is likely to be. */
const batchSizes = [1009, 1013] as const;
/** What is computed from weights alone is stored in their place unless it is much larger. */
const freeSize = 4096;

/** The model of a function. @throws option where ONNX cannot say what it does */
export async function writeFunction(job: FunctionToWrite): Promise<OnnxModel> {
  const [first, second] = job.batchSize === undefined ? batchSizes : [job.batchSize, job.batchSize];
  const trace = (batch: number): FunctionGraph =>
    traceGraph(
      job.body,
      job.inputs.map((input) => typeOf(input, batch)),
    );
  const own = trace(first);
  const pair = new TracePair(
    { batch: first, outputs: [...own.outputs, ...own.parameters] },
    {
      batch: second,
      ...(second === first ? { outputs: [...own.outputs, ...own.parameters] } : outputsOf(trace(second))),
    },
  );
  await requireEqual(pair);
  const isFolded = foldable(own, (node) => pair.extents(node).every(isFixed));
  const facts = {
    isKnown: isFolded,
    extents: (node: Node) => pair.extents(node),
    numbers: (node: Node, name: string) => pair.numbers(node, name),
    fixedNumbers: (node: Node, name: string) => pair.fixedNumbers(node, name),
  };
  const parameters = new Set(own.parameters);
  const plan = planOf(own.outputs, facts, (node) => parameters.has(node) || isFolded(node));
  const values = await knownValues([...plan.taken].filter(isFolded), job.weights);
  const graph = write(job, own, { plan, facts, values });
  return {
    graph: { ...graph, initializers: [...(await initialValues(job)), ...graph.initializers] },
    metadata: job.metadata,
  };
}

/** What inputs are where nobody gives them. */
async function initialValues({ inputs }: FunctionToWrite): Promise<OnnxTensor[]> {
  const found: OnnxTensor[] = [];
  for (const { name, dtype, shape, initial } of inputs) {
    if (initial !== undefined)
      found.push({ name, dtype, shape, bytes: bytesOf(Float32Array.from(await initial.data())) });
  }
  return found;
}

/** Tensors that both traces made must be the same. */
async function requireEqual({ leaves }: TracePair): Promise<void> {
  for (const pair of leaves) {
    const [own, other] = await Promise.all(pair.map((node) => new Tensor(node).data()));
    if (own?.some((value, index) => !Object.is(value, other?.[index])) !== false) throw dependent("a tensor");
  }
}

function outputsOf({ outputs, parameters }: FunctionGraph): { outputs: Node[] } {
  return { outputs: [...outputs, ...parameters] };
}

function typeOf({ dtype, shape, initial }: FunctionInput, batch: number): { dtype: DType; shape: readonly number[] } {
  return { dtype, shape: initial === undefined ? [batch, ...shape] : shape };
}

/** Nodes that are stored as numbers. What only repeats is left to whoever takes it. */
function foldable({ outputs, parameters }: FunctionGraph, isSized: (node: Node) => boolean): (node: Node) => boolean {
  const sizes = new Map<Node, number>();
  const inner = new Set(parameters);
  for (const node of sortNodes(outputs, hasValue)) {
    const { name, trait } = node.primitive;
    const size = sizeOf(node.type.shape);
    if (hasValue(node)) sizes.set(node, size);
    else if (
      !inner.has(node) &&
      trait !== "parameter" &&
      node.inputs.every((input) => sizes.has(input)) &&
      isSized(node)
    ) {
      const largest = Math.max(0, ...node.inputs.map((input) => sizes.get(input) ?? 0));
      const isSource = name === "constant" || name === "broadcastTo";
      if (isSource || size <= Math.max(freeSize, 2 * largest))
        sizes.set(node, isSource && name === "broadcastTo" ? largest : size);
    }
  }
  return (node) => sizes.has(node) && node.primitive.name !== "constant" && node.primitive.name !== "broadcastTo";
}

async function knownValues(
  nodes: readonly Node[],
  weights: ReadonlyMap<string, Tensor>,
): Promise<ReadonlyMap<Node, Known>> {
  const labels = new Map([...weights].map(([name, { node }]) => [node, name]));
  const found = new Map<Node, Known>();
  for (const node of nodes) {
    const data = await new Tensor(node).data();
    found.set(node, known(node.type.dtype, node.type.shape, data, labelFor(node, labels)));
  }
  return found;
}

/** The name of the weight that a value is, or is made of; of several the layer that they belong to. */
function labelFor(node: Node, labels: ReadonlyMap<Node, string>): string {
  const names = sortNodes([node], (one) => labels.has(one)).flatMap((one) => labels.get(one) ?? []);
  const [first = "constant"] = names;
  if (names.length <= 1) return first;
  const slash = first.lastIndexOf("/");
  return `${slash === -1 ? first : first.slice(0, slash)}/folded`;
}

interface Written {
  readonly plan: ReturnType<typeof planOf>;
  readonly facts: Parameters<typeof planOf>[1];
  readonly values: ReadonlyMap<Node, Known>;
}

function write(
  job: FunctionToWrite,
  { parameters, outputs }: FunctionGraph,
  { plan, facts, values }: Written,
): OnnxGraph {
  const sheet = new Sheet();
  const inputNames = job.inputs.map(({ name }) => sheet.unique(name));
  const outputNames = job.outputNames.map((name) => sheet.unique(name));
  const batched = job.inputs.findIndex(({ initial }) => initial === undefined);
  const scope = new Scope(sheet, inputNames[batched] ?? "");
  const given = new Map<Node, Value>(values);
  const inputs: Made[] = parameters.map((node, index) =>
    made(inputNames[index] ?? "", node.type.dtype, facts.extents(node), scope),
  );
  parameters.forEach((node, index) => {
    const input = inputs[index];
    if (input !== undefined) given.set(node, input);
  });
  const valueOf = runPlan(plan, (node) => given.get(node), scope);
  const results = outputs.map((node) => {
    const value = valueOf(node);
    return nameOf(value, { order: straight(rankOf(value)), extents: facts.extents(node) }, scope);
  });
  const nodes = withOutputs(scope, results, outputNames);
  const outputInfos: OnnxValueInfo[] = outputs.map((node, index) => ({
    name: outputNames[index] ?? "",
    dtype: node.type.dtype,
    shape: facts.extents(node).map(extentName),
  }));
  return { name: job.name, nodes, initializers: sheet.initializers, inputs: inputs.map(infoOf), outputs: outputInfos };
}

/** Gives the results the names of the outputs, by an Identity where a result is an input, a weight or given twice. */
function withOutputs(scope: Scope, results: readonly string[], names: readonly string[]): OnnxNode[] {
  const own = new Set(scope.nodes.flatMap(({ outputs }) => outputs));
  const renamed = new Map<string, string>();
  const further: OnnxNode[] = [];
  for (const [index, result] of results.entries()) {
    const name = names[index] ?? "";
    if (own.delete(result)) renamed.set(result, name);
    else {
      const inputs = [renamed.get(result) ?? result];
      const operator = "Identity";
      further.push({ name: scope.sheet.unique(operator), operator, inputs, outputs: [name], attributes: {} });
    }
  }
  return [...scope.nodes.map((node) => withNames(node, renamed)), ...further];
}

/** The node with other names for values, also where a body takes them. */
function withNames(node: OnnxNode, renamed: ReadonlyMap<string, string>): OnnxNode {
  const change = (names: readonly string[]): string[] => names.map((name) => renamed.get(name) ?? name);
  const attributes = Object.entries(node.attributes).map(([key, attribute]) => {
    if (attribute.kind !== "graph") return [key, attribute] as const;
    const nodes = attribute.value.nodes.map((inner) => withNames(inner, renamed));
    return [key, { ...attribute, value: { ...attribute.value, nodes } }] as const;
  });
  return {
    ...node,
    inputs: change(node.inputs),
    outputs: change(node.outputs),
    attributes: Object.fromEntries(attributes),
  };
}
