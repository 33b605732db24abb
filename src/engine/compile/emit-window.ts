// Walks over the window of a loop kernel: stages of reductions one after another, then what is written for every place
// of the window. Owns the loops inside one place of the space, never those over the space.

import { sizeOf } from "#engine/base/shape.ts";
import { walk, type Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Value } from "#engine/graph/kernel.ts";
import { combine, combineLanes, identityOf, type Accumulator } from "#engine/compile/combine.ts";
import type { Emitter } from "#engine/compile/emitter.ts";
import type { Group, Reduction } from "#engine/compile/group.ts";
import { lesser, windowPlace } from "#engine/compile/places.ts";

/** Levels of the emitter: the space has 0 to 3, then come the accumulators, then the axes of the window. */
export const accumulatorLevel = 4;
export const windowLevel = 5;

/** Windows of at most this many places are unrolled. */
const maxUnroll = 16;

export interface WindowOptions {
  readonly builder: KernelBuilder;
  readonly emitter: Emitter;
  readonly group: Group;
  readonly lanes: number;
  /** Whether vectors run along the last axis of the window. */
  readonly isWindowVector: boolean;
  /** Parts that the first axis is cut into. */
  readonly numSplits: number;
}

/** What a walk does at each place: with vectors, or with one element. */
type Visit = (place: Value, isVector: boolean) => void;

/** What is evaluated at every place besides. */
export interface Visitor {
  readonly roots: readonly Expression[];
  readonly visit: Visit;
}

export class WindowWalker {
  readonly #options: WindowOptions;
  readonly #values: readonly Expression[];
  readonly #stages: readonly (readonly number[])[];

  constructor(options: WindowOptions) {
    this.#options = options;
    this.#values = options.group.reductions.map((reduction) => options.emitter.root(reduction.value));
    this.#stages = stagesOf(options.group.reductions);
  }

  /**
   * Evaluates all reductions and tells them to the emitter.
   * @param part which part of a split reduction
   * @param isVector whether one place of the space stands for `lanes` of them
   * @param last what the walk of the last stage does besides
   */
  reduce(part: Value, isVector: boolean, last?: Visitor): Value[] {
    const { emitter } = this.#options;
    const results: Value[] = [];
    for (const stage of this.#stages) {
      const besides = stage === this.#stages.at(-1) ? last : undefined;
      this.#attend([...stage.flatMap((number) => this.#values[number] ?? []), ...(besides?.roots ?? [])]);
      this.#stage(stage, part, { isVector, besides: besides?.visit }).forEach((value, index) => {
        results[stage[index] ?? 0] = value;
      });
      emitter.attend(undefined);
      for (const number of stage) {
        const value = results[number];
        if (value !== undefined) emitter.setAccumulator(number, value);
      }
    }
    return results;
  }

  /** Visits every place of the window once more, after all reductions. */
  visit({ roots, visit }: Visitor, isVector: boolean): void {
    const { emitter, isWindowVector } = this.#options;
    this.#attend(roots);
    const narrow: Visit | undefined = isWindowVector ? (place) => visit(place, false) : undefined;
    const wide: Visit = (place) => visit(place, isVector || isWindowVector);
    if (this.#options.group.window.length === 0) visit(ir.int(0), isVector);
    else this.#walk(0, ir.int(0), { part: ir.int(0), wide, narrow });
    emitter.attend(undefined);
  }

  /** From now on these are evaluated; what they make of finished accumulators alone is evaluated here. */
  #attend(roots: readonly Expression[]): void {
    const { emitter } = this.#options;
    emitter.attend(roots);
    emitter.bind(accumulatorLevel, []);
  }

  #stage(stage: readonly number[], part: Value, { isVector, besides }: StageOptions): Value[] {
    const { builder: k, group, isWindowVector, numSplits, lanes } = this.#options;
    const wide = this.#start(stage, isVector || isWindowVector);
    const update =
      (accumulators: readonly Accumulator[], isWide: boolean): Visit =>
      (place) => {
        this.#update(stage, accumulators, { place, isVector: isWide });
        besides?.(place, isWide);
      };
    if (sizeOf(group.window) <= maxUnroll && numSplits === 1 && !isWindowVector) {
      this.#unroll(update(wide, isVector));
      return wide.map((accumulator) => accumulator.result);
    }
    if (!isWindowVector) {
      this.#walk(0, ir.int(0), { part, wide: update(wide, isVector), narrow: undefined });
      return wide.map((accumulator) => accumulator.result);
    }
    const narrow = this.#start(stage, false);
    this.#walk(0, ir.int(0), { part, wide: update(wide, true), narrow: update(narrow, false) });
    return wide.map((accumulator, number) => {
      const joined = combineLanes(k, accumulator, lanes);
      const tail = narrow[number];
      return tail === undefined ? joined : combine(k, { ...tail, update: () => {} }, joined);
    });
  }

  #start(stage: readonly number[], isVector: boolean): Accumulator[] {
    const { builder, group } = this.#options;
    return stage.flatMap((number) => {
      const reduction = group.reductions[number];
      return reduction === undefined ? [] : identityOf(builder, reduction.combiner, reduction.type, isVector);
    });
  }

  #update(stage: readonly number[], accumulators: readonly Accumulator[], { place, isVector }: Update): void {
    const { emitter } = this.#options;
    stage.forEach((number, index) => {
      const root = this.#values[number];
      if (root === undefined) return;
      accumulators[index]?.update(isVector ? emitter.vectorValue(root) : emitter.scalarValue(root), place);
    });
  }

  #unroll(visit: Visit): void {
    const { emitter, group } = this.#options;
    const count = sizeOf(group.window);
    for (let place = 0; place < count; place += 1) {
      windowPlace(place, group.window).forEach((at, number) => {
        emitter.bind(windowLevel + number, [[group.space.length + number, at]]);
      });
      visit(ir.int(place), false);
    }
  }

  /** The loops over the window from one depth inwards; `place` is the position in the axes outside. */
  #walk(depth: number, place: Value, walking: Walk): void {
    const { builder: k, emitter, group, lanes } = this.#options;
    const { wide, narrow } = walking;
    const extent = group.window[depth] ?? 1;
    const [from, to] = this.#range(depth, walking.part);
    const isLast = depth === group.window.length - 1;
    const step = (index: Value, visit: Visit): void => {
      emitter.bind(windowLevel + depth, [[group.space.length + depth, index]]);
      const next = k.let(ir.add(ir.multiply(place, ir.int(extent)), index));
      if (isLast) visit(next, visit === wide);
      else this.#walk(depth + 1, next, walking);
    };
    if (!isLast || narrow === undefined) {
      k.loop(from, to, 1, (index) => step(index, wide));
      return;
    }
    const whole = ir.subtract(to, ir.binaryValue("and", ir.subtract(to, from), ir.int(lanes - 1)));
    const middle = k.let(whole);
    k.loop(from, middle, lanes, (index) => step(index, wide));
    k.loop(middle, to, 1, (index) => emitter.narrow(() => step(index, narrow)));
  }

  /** The first axis of a split reduction is walked in parts, each a multiple of the lanes. */
  #range(depth: number, part: Value): [Value, Value] {
    const { builder: k, group, lanes, numSplits } = this.#options;
    const extent = group.window[depth] ?? 1;
    if (depth > 0 || numSplits === 1) return [ir.int(0), ir.int(extent)];
    const length = Math.ceil(extent / numSplits / lanes) * lanes;
    const from = k.let(ir.multiply(part, ir.int(length)));
    return [from, k.let(lesser(ir.add(from, ir.int(length)), ir.int(extent)))];
  }
}

interface StageOptions {
  readonly isVector: boolean;
  readonly besides: Visit | undefined;
}

interface Update {
  readonly place: Value;
  readonly isVector: boolean;
}

interface Walk {
  readonly part: Value;
  readonly wide: Visit;
  /** Takes what is left when vectors run along the window. */
  readonly narrow: Visit | undefined;
}

/** Reductions by what they wait for: those of a stage use accumulators of earlier stages only. */
export function stagesOf(reductions: readonly Reduction[]): number[][] {
  const stageOf: number[] = [];
  const stages: number[][] = [];
  reductions.forEach(({ value }, number) => {
    const stage = stageAfter(value, stageOf);
    stageOf.push(stage);
    (stages[stage] ??= []).push(number);
  });
  return stages;
}

/** Whether a value is known in the walk of the last stage already: it uses accumulators of earlier ones alone. */
export function isKnownEarly(value: Expression, reductions: readonly Reduction[]): boolean {
  const stages = stagesOf(reductions);
  const stageOf = reductions.map((_, number) => stages.findIndex((stage) => stage.includes(number)));
  return stages.length > 0 && stageAfter(value, stageOf) < stages.length;
}

/** The first stage in which a value may be evaluated. */
function stageAfter(value: Expression, stageOf: readonly number[]): number {
  let stage = 0;
  walk(value, (part) => {
    if (part.kind === "accumulator") stage = Math.max(stage, (stageOf[part.index] ?? 0) + 1);
  });
  return stage;
}
