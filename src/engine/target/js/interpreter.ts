// The interpreter: computes a graph node by node, in float32 or in float64. Slow, obvious, the oracle of every other
// target. Scalars are rounded after each operation; sums run in doubles and are rounded at the end.

import { BugError, SinterError, unreachable } from "#engine/base/error.ts";
import type { HostArray } from "#engine/base/dtype.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { sortNodes, typeText, type Graph, type Node } from "#engine/graph/graph.ts";
import { loopsAmong } from "#engine/graph/loop.ts";
import { lowerNode, type Combiner, type Form } from "#engine/graph/primitive.ts";
import { contract } from "#engine/target/js/contract.ts";
import { blockSize, compileExpressions } from "#engine/target/js/evaluate.ts";
import { at } from "#engine/target/js/list.ts";
import { runLoop } from "#engine/target/js/loop.ts";
import type { Block } from "#engine/target/js/scalar.ts";
import { adoptValues, allocateValues, doublesOf, store, type Precision, type Value } from "#engine/target/js/values.ts";

type FormOf<Kind extends Form["kind"]> = Extract<Form, { kind: Kind }>;

/**
 * The values of a graph's outputs.
 * @param args one array for each parameter, in order; f32 as Float32Array or Float64Array
 * @throws shape when an argument has another size than its parameter
 */
export function interpret(
  graph: Graph,
  args: readonly HostArray[],
  options: { readonly precision?: Precision } = {},
): HostArray[] {
  const precision = options.precision ?? "f32";
  const values = new Map<Node, Value>();
  graph.parameters.forEach((parameter, index) => {
    values.set(parameter, { type: parameter.type, data: adoptArgument(parameter, args[index], precision) });
  });
  return evaluate(graph.outputs, values, precision).map(({ data }) => data);
}

/** The values of nodes. @param values of parameters; those of other nodes come and go */
function evaluate(outputs: readonly Node[], values: Map<Node, Value>, precision: Precision): Value[] {
  const order = sortNodes(outputs);
  const loops = loopsAmong(order);
  const lastUse = new Map<Node, number>();
  order.forEach((node, index) => {
    for (const input of node.inputs) lastUse.set(input, index);
  });
  for (const output of outputs) lastUse.set(output, order.length);
  order.forEach((node, index) => {
    const loop = loops.get(node);
    if (!values.has(node) && loop !== undefined) {
      const inputs = node.inputs.map((input) => valueOf(input, values));
      const results = runLoop(loop.nodes, inputs, { precision, evaluate });
      loop.nodes.forEach((one, number) => values.set(one, at(results, number)));
    } else if (!values.has(node)) values.set(node, computeNode(node, values, precision));
    for (const input of node.inputs) if (lastUse.get(input) === index) values.delete(input);
  });
  return outputs.map((output) => valueOf(output, values));
}

function adoptArgument(parameter: Node, data: HostArray | undefined, precision: Precision): HostArray {
  if (data === undefined || data.length !== sizeOf(parameter.type.shape)) {
    throw new SinterError(
      "shape",
      `interpret: got ${data?.length ?? "no"} elements for a parameter ${typeText(parameter.type)}. Give one array for ` +
        "each parameter, of its size.",
      { parameter: parameter.type },
    );
  }
  return adoptValues(data, parameter.type.dtype, precision);
}

function valueOf(node: Node, values: ReadonlyMap<Node, Value>): Value {
  const value = values.get(node);
  if (value === undefined) throw new BugError(`Node ${node.primitive.name} was read before it was computed.`);
  return value;
}

function computeNode(node: Node, values: ReadonlyMap<Node, Value>, precision: Precision): Value {
  const form = lowerNode(node);
  const inputs = node.inputs.map((input) => valueOf(input, values));
  const out: Value = {
    type: node.type,
    data: allocateValues(node.type.dtype, sizeOf(node.type.shape), precision),
  };
  switch (form.kind) {
    case "parameter":
      throw new BugError("A parameter of the graph is missing among its parameters.");
    case "map":
      runMap(form, inputs, out, precision);
      return out;
    case "reduce":
      runReduce(form, inputs, out, precision);
      return out;
    case "contract":
      runContract(form, inputs, out, precision);
      return out;
    case "scatter":
      runScatter(form, inputs, out, precision);
      return out;
    case "loop":
      throw new BugError("A result of a loop was computed without the others.");
    default:
      return unreachable(form);
  }
}

function runMap(form: FormOf<"map">, inputs: readonly Value[], out: Value, precision: Precision): void {
  const evaluate = compileExpressions([form.value], out.type.shape, inputs, precision);
  forEachBlock(sizeOf(out.type.shape), (start, count) => {
    store(at(evaluate(start, count), 0), out, start, count);
  });
}

function forEachBlock(size: number, visit: (start: number, count: number) => void): void {
  for (let start = 0; start < size; start += blockSize) visit(start, Math.min(blockSize, size - start));
}

const identities: Readonly<Record<Combiner, number>> = {
  sum: 0,
  product: 1,
  max: -Infinity,
  min: Infinity,
  argmax: -Infinity,
};

function runReduce(form: FormOf<"reduce">, inputs: readonly Value[], out: Value, precision: Precision): void {
  const length = sizeOf(form.extents);
  const size = sizeOf(out.type.shape);
  const evaluate = compileExpressions([form.value], [...out.type.shape, ...form.extents], inputs, precision);
  const results = new Float64Array(size).fill(identities[form.combiner]);
  const positions = new Float64Array(form.combiner === "argmax" ? size : 0);
  const combine = combinerOf(form.combiner, form.value.type === "i32", results, positions);
  forEachBlock(size * length, (start, count) => {
    const block = at(evaluate(start, count), 0);
    let done = 0;
    while (done < count) {
      const place = Math.floor((start + done) / length);
      const first = (start + done) % length;
      const run = Math.min(count - done, length - first);
      combine(block, done, run, [place, first]);
      done += run;
    }
  });
  storeAll(form.combiner === "argmax" ? positions : results, out);
}

type Combine = (block: Block, from: number, count: number, place: readonly [result: number, first: number]) => void;

/** Takes a run of values into a result; `first` is the position of the run among what is reduced. */
function combinerOf(combiner: Combiner, isInteger: boolean, results: Block, positions: Block): Combine {
  if (combiner === "argmax") return combineArgmax(results, positions);
  const one = isInteger ? integerCombiners[combiner] : floatCombiners[combiner];
  return (block, from, count, [place]) => {
    let result = results[place] ?? 0;
    for (let i = from; i < from + count; i += 1) result = one(result, block[i] ?? 0);
    results[place] = result;
  };
}

type Pair = (x: number, y: number) => number;
const floatCombiners: Readonly<Record<Exclude<Combiner, "argmax">, Pair>> = {
  sum: (x, y) => x + y,
  product: (x, y) => x * y,
  max: Math.max,
  min: Math.min,
};
const integerCombiners: typeof floatCombiners = {
  ...floatCombiners,
  sum: (x, y) => (x + y) | 0,
  product: Math.imul,
};

/** The first maximum; NaN is larger than all else. */
function combineArgmax(results: Block, positions: Block): Combine {
  return (block, from, count, [place, first]) => {
    let best = results[place] ?? 0;
    for (let i = 0; i < count; i += 1) {
      const value = block[from + i] ?? 0;
      if (value > best || (Number.isNaN(value) && !Number.isNaN(best))) {
        best = value;
        positions[place] = first + i;
      }
    }
    results[place] = best;
  };
}

function runContract(form: FormOf<"contract">, inputs: readonly Value[], out: Value, precision: Precision): void {
  const { left, right, extents } = form;
  const { shape } = out.type;
  const direct = contract(left, right, shape, extents, inputs);
  if (direct !== undefined) {
    storeAll(direct, out);
    return;
  }
  const length = sizeOf(extents);
  const sums = new Float64Array(sizeOf(shape));
  const evaluate = compileExpressions([left, right], [...shape, ...extents], inputs, precision);
  forEachBlock(sums.length * length, (start, count) => {
    const [x, y] = evaluate(start, count);
    for (let i = 0; i < count; i += 1) {
      const place = Math.floor((start + i) / length);
      sums[place] = (sums[place] ?? 0) + (x?.[i] ?? 0) * (y?.[i] ?? 0);
    }
  });
  storeAll(sums, out);
}

function runScatter(form: FormOf<"scatter">, inputs: readonly Value[], out: Value, precision: Precision): void {
  const sums = Float64Array.from(doublesOf(at(inputs, 0)));
  const evaluate = compileExpressions([...form.at, form.value], form.extents, inputs, precision);
  const { shape } = out.type;
  const isInteger = form.value.type === "i32";
  forEachBlock(sizeOf(form.extents), (start, count) => {
    const blocks = evaluate(start, count);
    for (let i = 0; i < count; i += 1) {
      let position = 0;
      let isInside = true;
      for (let axis = 0; axis < shape.length; axis += 1) {
        const place = blocks[axis]?.[i] ?? -1;
        const extent = shape[axis] ?? 0;
        isInside &&= place >= 0 && place < extent;
        position = position * extent + place;
      }
      if (!isInside) continue;
      const sum = (sums[position] ?? 0) + (blocks[shape.length]?.[i] ?? 0);
      sums[position] = isInteger ? sum | 0 : sum;
    }
  });
  storeAll(sums, out);
}

function storeAll(results: Float64Array, out: Value): void {
  store(results, out, 0, results.length);
}
