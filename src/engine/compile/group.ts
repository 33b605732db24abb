// Groups: what one kernel (or a short sequence of kernels) computes. Fusion makes them, emission consumes them.

import type { Expression, ScalarType } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import type { Combiner } from "#engine/graph/primitive.ts";
import type { FilterGradient, TransposedConvolution, WindowConvolution } from "#engine/compile/convolutions.ts";

/**
 * Accumulators are numbered: the contraction, if any, then the reductions in order. A value may use accumulators of
 * earlier reductions, which are then complete before this one begins.
 */
export interface Reduction {
  readonly combiner: Combiner;
  readonly value: Expression;
  readonly type: ScalarType;
}

export interface Contraction {
  /** Extents of the summed axes. */
  readonly extents: readonly number[];
  readonly left: Expression;
  readonly right: Expression;
  /** What it is besides. */
  readonly convolution: WindowConvolution | TransposedConvolution | FilterGradient | undefined;
}

/** A (guarded) read of a node. */
export interface Place {
  readonly node: Node;
  readonly at: readonly Expression[];
  readonly isGuarded: boolean;
}

export interface GroupOutput {
  readonly node: Node;
  /** Over the axes of the space; may use accumulators. */
  readonly value: Expression;
}

/** An output with an element for every place of the space and the window. */
export interface WideOutput extends GroupOutput {
  /** Its row-major position, over the axes of the space and the window. */
  readonly position: Expression;
}

/**
 * Axes: those of the space, then those of the window, then those that the contraction sums over.
 * Expressions read `inputs` by position.
 */
export interface Group {
  readonly name: string;
  readonly space: readonly number[];
  readonly contraction: Contraction | undefined;
  /** Extents over which the reductions run; with a contraction a small pooling window. */
  readonly window: readonly number[];
  readonly reductions: readonly Reduction[];
  readonly outputs: readonly GroupOutput[];
  /** Written after all reductions, by one more walk over the window. */
  readonly wideOutputs: readonly WideOutput[];
  readonly inputs: readonly Node[];
}

/** A group that adds updates into a copy of its base, in order; accumulator 0 is what comes out. */
export interface ScatterGroup {
  readonly name: string;
  readonly node: Node;
  readonly base: Expression;
  readonly extents: readonly number[];
  readonly at: readonly Expression[];
  readonly value: Expression;
  /** Over the axes of the node: itself, what follows element by element, or both. */
  readonly outputs: readonly GroupOutput[];
  readonly inputs: readonly Node[];
}

/** A loop: a program of its own that runs again and again. */
export interface LoopGroup {
  readonly name: string;
  readonly length: number;
  readonly isReversed: boolean;
  /** Parameters of the body that are the same in every iteration, and those that take a row. */
  readonly constants: readonly Bound[];
  readonly rows: readonly Bound[];
  readonly carries: readonly Carry[];
  readonly stacks: readonly Stack[];
  readonly inputs: readonly Node[];
}

export interface Bound {
  readonly parameter: Node;
  readonly source: Node;
}

export interface Carry {
  readonly parameter: Node;
  readonly initial: Node;
  readonly next: Node;
  /** The node of its last value, where somebody reads it. */
  readonly last: Node | undefined;
}

/** A node of the body, and the node that holds its values of all iterations. */
export interface Stack {
  readonly value: Node;
  readonly rows: Node;
}

export type AnyGroup = Group | ScatterGroup | LoopGroup;
