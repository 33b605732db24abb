// Steps: kernels with the buffers they are given, before memory is planned.

import { byteSize, type DType } from "#engine/base/dtype.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { Node } from "#engine/graph/graph.ts";
import type { Kernel } from "#engine/graph/kernel.ts";

/** A node's memory, or memory that lives only between steps of one group. */
export type StepBuffer =
  | { readonly kind: "node"; readonly node: Node; readonly dtype: DType; readonly size: number }
  | { readonly kind: "temporary"; readonly dtype: DType; readonly size: number };

export interface Step {
  readonly kernel: Kernel;
  /** Those read first, then those written. */
  readonly buffers: readonly StepBuffer[];
  readonly numInputs: number;
  /** The input that the step copies place by place, where it does nothing else: needless within one memory. */
  readonly copyOf?: number;
}

/** A new piece of temporary memory; identity tells two apart. */
export function temporary(size: number, dtype: DType): StepBuffer {
  return { kind: "temporary", dtype, size };
}

/** The memory of a node. */
export function nodeBuffer(node: Node): StepBuffer {
  return { kind: "node", node, dtype: node.type.dtype, size: sizeOf(node.type.shape) };
}

/** Bytes of buffers, each counted once. */
export function bytesOf(buffers: readonly StepBuffer[]): number {
  return buffers.reduce((sum, buffer) => sum + buffer.size * byteSize(buffer.dtype), 0);
}
