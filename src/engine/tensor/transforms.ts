// Transforms of functions over trees of tensors: jit, grad, valueAndGrad, customGradient.

import { BugError, SinterError } from "#engine/base/error.ts";
import { sameShape } from "#engine/base/shape.ts";
import { treeKey, treeLeaves, treeMap } from "#engine/base/tree.ts";
import * as custom from "#engine/grad/custom.ts";
import { reverse } from "#engine/grad/reverse.ts";
import { simplifyGraph } from "#engine/grad/simplify.ts";
import type { Graph, Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import type { DeviceQueue, Program } from "#engine/runtime/queue.ts";
import { currentQueue } from "#engine/tensor/device.ts";
import { closeGraph, isTraced, leafOf, moveTo, programOf, realize, storageOf } from "#engine/tensor/realize.ts";
import { isTensor, Tensor } from "#engine/tensor/tensor.ts";
import type { Storage } from "#engine/runtime/storage.ts";

export interface JitOptions {
  /** Arguments (by position) whose memory the results may take over; they cannot be used afterwards. */
  readonly donate?: readonly number[];
  /**
   * Arguments (by position) that seldom change, such as weights: what follows from them alone, packed or transformed, is
   * computed when they change and kept, which takes memory. Tensors that the body reads from outside then count, too.
   */
  readonly constant?: readonly number[];
  /** Where it runs; the default device when left out. */
  readonly device?: DeviceQueue;
}

interface Traced<Result> {
  readonly program: Program;
  readonly captured: readonly Storage[];
  /** What the body returned: the tree of the results. */
  readonly result: Result;
  readonly numOutputs: number;
}

type TreeFunction<Args extends readonly unknown[], Result> = (...args: Args) => Result;

/**
 * The same function, compiled: the first call with arguments of these shapes traces it, later ones run the program.
 * Arguments and results are trees of tensors; other leaves are static and compared by value.
 * @throws trace when the function reads a tensor (data, item) or awaits; option when an argument is constant and donated
 */
export function jit<Args extends readonly unknown[] = Tensor[], Result = unknown>(
  body: TreeFunction<Args, Result>,
  options: JitOptions = {},
): TreeFunction<Args, Result> & { explain(...args: Args): Promise<string> } {
  const { donate = [], constant = [] } = options;
  const both = constant.find((position) => donate.includes(position));
  if (both !== undefined) {
    throw new SinterError("option", `jit: argument ${both} is both constant and donated. Leave it out of one of them.`);
  }
  const caches = new WeakMap<DeviceQueue, Map<string, Traced<Result>>>();
  const find = (args: Args): { traced: Traced<Result>; leaves: Tensor[]; queue: DeviceQueue } => {
    const queue = options.device ?? currentQueue();
    const cache = caches.get(queue) ?? new Map<string, Traced<Result>>();
    caches.set(queue, cache);
    const leaves = treeLeaves(args, isTensor);
    const key = treeKey(args, isTensor, (leaf) => `${leaf.dtype}[${leaf.shape.join()}]`);
    const traced = cache.get(key) ?? trace(body, args, { donate, constant, queue });
    cache.set(key, traced);
    return { traced, leaves, queue };
  };
  const call = (...args: Args): Result => {
    if (treeLeaves(args, isTensor).some((leaf) => isTraced(leaf.node))) return body(...args);
    const { traced, leaves, queue } = find(args);
    const storages = leaves.map((leaf) => moveTo(queue, realize(leaf.node, queue)));
    const outputs = queue.call(traced.program, [...storages, ...traced.captured], leafPositions(args, donate));
    let next = 0;
    return treeMap(traced.result, isTensor, () => {
      const storage = outputs[next];
      next += 1;
      if (storage === undefined) throw new BugError("A program gave fewer results than it has outputs.");
      return new Tensor(leafOf(storage));
    });
  };
  const explain = async (...args: Args): Promise<string> => {
    const { traced, queue } = find(args);
    return (await queue.compile(traced.program)).explain();
  };
  return Object.assign(call, { explain });
}

function trace<Args extends readonly unknown[], Result>(
  body: TreeFunction<Args, Result>,
  args: Args,
  { donate, constant, queue }: Required<Omit<JitOptions, "device">> & { readonly queue: DeviceQueue },
): Traced<Result> {
  const parameters: Node[] = [];
  const traced = treeMap(args, isTensor, (leaf) => {
    const node = ops.parameter(leaf.node.type);
    parameters.push(node);
    return new Tensor(node);
  });
  const result = body(...traced);
  if (result instanceof Promise) {
    throw new SinterError("trace", "jit: the function is asynchronous. Make it synchronous: operations only record.");
  }
  const outputs = treeLeaves(result, isTensor).map((leaf) => leaf.node);
  const { graph, captured } = closeGraph(outputs, parameters, queue);
  const donations = pairDonations(graph, leafPositions(args, donate));
  const outside = captured.map((_, index) => parameters.length + index);
  const constants = constant.length === 0 ? [] : [...leafPositions(args, constant), ...outside];
  return {
    program: programOf({ ...graph, donations }, new Set(constants)),
    captured,
    result,
    numOutputs: outputs.length,
  };
}

/** Positions, among all leaves of the arguments, of the leaves of those arguments. */
function leafPositions(args: readonly unknown[], chosen: readonly number[]): Set<number> {
  const positions = new Set<number>();
  let position = 0;
  args.forEach((arg, index) => {
    for (const _ of treeLeaves(arg, isTensor)) {
      if (chosen.includes(index)) positions.add(position);
      position += 1;
    }
  });
  return positions;
}

/** Gives each output the first free donated parameter of its type. */
function pairDonations(graph: Graph, donated: ReadonlySet<number>): number[] {
  const free = new Set(donated);
  return graph.outputs.map((output) => {
    for (const index of free) {
      const type = graph.parameters[index]?.type;
      if (type !== undefined && type.dtype === output.type.dtype && sameShape(type.shape, output.type.shape)) {
        free.delete(index);
        return index;
      }
    }
    return -1;
  });
}

export interface GradOptions<Argument extends number = number> {
  /** The argument (by position) to differentiate; the first by default. */
  readonly argument?: Argument;
  /** Whether the function gives { value, aux } instead of the value alone. */
  readonly hasAux?: boolean;
}

/** What a function with its gradient gives. */
interface Differentiated<Gradient, Aux> {
  value: Tensor;
  gradient: Gradient;
  aux: Aux;
}

/**
 * A function that gives the value, the gradient (a tree like the argument) and what else `body` returned.
 * @throws shape unless the value is one number
 */
export function valueAndGrad<Args extends readonly unknown[] = Tensor[], Argument extends number = 0>(
  body: TreeFunction<Args, Tensor>,
  options?: GradOptions<Argument>,
): (...args: Args) => Differentiated<Args[Argument], undefined>;
export function valueAndGrad<Args extends readonly unknown[] = Tensor[], Aux = undefined, Argument extends number = 0>(
  body: TreeFunction<Args, { value: Tensor; aux: Aux }>,
  options?: GradOptions<Argument>,
): (...args: Args) => Differentiated<Args[Argument], Aux>;
export function valueAndGrad<Args extends readonly unknown[], Aux>(
  body: TreeFunction<Args, Tensor | { value: Tensor; aux: Aux }>,
  options: GradOptions = {},
): (...args: Args) => Differentiated<Args[number], Aux | undefined> {
  const position = options.argument ?? 0;
  return (...args) => {
    const targets: Node[] = [];
    const chosen = leafPositions(args, [position]);
    let index = -1;
    const inner = treeMap(args, isTensor, (leaf) => {
      index += 1;
      if (!chosen.has(index)) return leaf;
      // A fresh identity keeps this argument apart from equal tensors that the body captured.
      const node = ops.identity(leaf.node);
      targets.push(node);
      return new Tensor(node);
    });
    const outcome = body(...inner);
    const value = outcome instanceof Tensor ? outcome : outcome.value;
    if (value.size !== 1 || value.dtype !== "f32") {
      throw new SinterError(
        "shape",
        `grad: the function gave ${value.dtype} [${value.shape.join(", ")}], expected one f32 number. Reduce it with sum() or mean().`,
      );
    }
    // A gradient around this one may look for its own arguments: they stay the nodes that they are.
    const isLeaf = (node: Node): boolean => storageOf(node) !== undefined || node.primitive === ops.identityPrimitive;
    const simplified = simplifyGraph([value.node], isLeaf);
    const newOf = (node: Node): Node => simplified.get(node) ?? node;
    const gradients = reverse(newOf(value.node), targets.map(newOf));
    let next = 0;
    const gradient = treeMap(args[position], isTensor, () => {
      const node = gradients[next];
      next += 1;
      if (node === undefined) throw new BugError("Reverse mode gave fewer gradients than targets.");
      return new Tensor(node);
    });
    const aux =
      outcome instanceof Tensor ? undefined : treeMap(outcome.aux, isTensor, (leaf) => new Tensor(newOf(leaf.node)));
    return { value: new Tensor(newOf(value.node)), gradient, aux };
  };
}

/** The gradient of a function that gives one number: a tree like the differentiated argument. */
export function grad<Args extends readonly unknown[] = Tensor[], Argument extends number = 0>(
  body: TreeFunction<Args, Tensor>,
  options: GradOptions<Argument> = {},
): (...args: Args) => Args[Argument] {
  const both = valueAndGrad(body, options);
  return (...args) => both(...args).gradient;
}

/**
 * A function with a gradient of its own.
 * @param body from tensors to one tensor
 * @param vjp from the inputs and the cotangent of the result to a cotangent for each input
 */
export function customGradient(
  body: (...inputs: Tensor[]) => Tensor,
  vjp: (inputs: readonly Tensor[], cotangent: Tensor, output: Tensor) => readonly Tensor[],
): (...inputs: Tensor[]) => Tensor {
  return (...inputs) => {
    const output = body(...inputs);
    const node = custom.customGradient(
      output.node,
      inputs.map((input) => input.node),
      (cotangent) => vjp(inputs, new Tensor(cotangent), output).map((one) => one.node),
    );
    return new Tensor(node);
  };
}
