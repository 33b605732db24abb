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

/** A buffer, or a part of one. */
export interface PlacedBuffer {
  readonly buffer: StepBuffer;
  /** Bytes from its begin. */
  readonly offset: number;
}

/** Steps that run again and again. */
export interface LoopStep {
  readonly count: number;
  /** Of one iteration, over buffers of their own. */
  readonly steps: readonly AnyStep[];
  /** Where a buffer of the steps lies in an iteration: in one of `buffers`. */
  readonly place: (buffer: StepBuffer, iteration: number) => PlacedBuffer;
  /** Those read first, then those written. */
  readonly buffers: readonly StepBuffer[];
  readonly numInputs: number;
}

export type AnyStep = Step | LoopStep;

/** What tells a buffer apart. */
export function keyOf(buffer: StepBuffer): Node | StepBuffer {
  return buffer.kind === "node" ? buffer.node : buffer;
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
  const once = new Map(buffers.map((buffer) => [keyOf(buffer), buffer]));
  return [...once.values()].reduce((sum, buffer) => sum + buffer.size * byteSize(buffer.dtype), 0);
}
