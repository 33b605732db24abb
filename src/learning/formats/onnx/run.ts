// What one run of a model shares with the graphs inside it, and the blocks that runs share with each other.

import { isFloatingType } from "./element-types.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { blockOf, type Block } from "./pieces.ts";
import type { Scope } from "./scope.ts";
import { known, stored, type TensorValue, type Value } from "./value.ts";
import type { WalkContext } from "./walk.ts";

export interface Run {
  readonly context: WalkContext;
  /** Values whose numbers are known but come from data. */
  readonly moving: Set<Value>;
  /** The model's constants: the same at every run. */
  readonly steady: ReadonlySet<Value>;
  /** Computes all nodes of a block. */
  readonly runBlock: (block: Block, scope: Scope, run: Run) => Promise<void>;
}

const blocks = new WeakMap<readonly GraphNode[], Block>();

/** The block of a graph, with the pieces that earlier runs have compiled. */
export function blockOfGraph({ nodes, outputs }: Graph): Block {
  return blockOfNodes(
    nodes,
    outputs.map(({ name }) => name),
  );
}

export function blockOfNodes(nodes: readonly GraphNode[], results: readonly string[]): Block {
  const block = blocks.get(nodes) ?? blockOf(nodes, results);
  blocks.set(nodes, block);
  return block;
}

/** The same value with its numbers on the host; the tensor stays where it is. */
export async function readValue(value: TensorValue): Promise<TensorValue> {
  if (value.host !== undefined) return value;
  const tensor = value.device();
  const isShort = tensor.dtype === "f16" || tensor.dtype === "bf16";
  const numbers = await (isShort ? tensor.cast("f32") : tensor).data();
  const host = isFloatingType(value.type) && numbers instanceof Float32Array ? numbers : stored(value.type, numbers);
  return { ...known(value.type, value.shape, host), device: () => tensor };
}
