// From scalar expressions to values of the kernel language, scalar or along a vector axis.
// Work that does not depend on inner loops is done outside them: every axis has a level, and binding a level evaluates
// what inner levels will use of it. Reads under a guard are never moved out of it.

import { BugError } from "#engine/base/error.ts";
import { sizeOf, type Shape } from "#engine/base/shape.ts";
import type { DType } from "#engine/base/dtype.ts";
import { axis as axisExpression, partsOf, plus, substituteAxes, type Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, MemoryType, Statement, Value } from "#engine/graph/kernel.ts";
import { axesOf, linearize, strideAlong } from "#engine/compile/linear.ts";
import { emitPhiloxVector, emitPhiloxWord } from "#engine/compile/math-philox.ts";
import { emitBinary, emitUnary } from "#engine/compile/operations.ts";
import { containsRead, Roots } from "#engine/compile/roots.ts";

export interface EmitterBuffer {
  readonly pointer: Value;
  readonly dtype: DType;
  readonly shape: Shape;
}

export interface EmitterOptions {
  readonly builder: KernelBuilder;
  readonly lanes: number;
  readonly buffers: readonly EmitterBuffer[];
  /** The level at which each axis is bound; 0 is outermost. */
  readonly levels: readonly number[];
  /** The level at which accumulators are known. */
  readonly accumulatorLevel: number;
  /** The axis along which values are vectors, or -1. It is bound to the first lane's number. */
  readonly vectorAxis: number;
  /** Whether accumulators are vectors along the vector axis. */
  readonly vectorAccumulators?: boolean;
}

/** The first buffers of a kernel: nodes, read by flat positions. */
export function emitterBuffers(k: KernelBuilder, nodes: readonly Node[]): EmitterBuffer[] {
  return nodes.map(({ type }, index) => ({ pointer: k.buffer(index), dtype: type.dtype, shape: [sizeOf(type.shape)] }));
}

/** How an element lies in memory. */
export function memoryOf(dtype: DType): MemoryType {
  return dtype === "bool" ? "u8" : dtype;
}

/** Values at hand. While a lane is computed alone, those of before count as far as they do not vary along the lanes. */
interface Scope {
  readonly values: Map<Expression, Value>;
  readonly outer: Scope | undefined;
  readonly isOneLane: boolean;
}

export class Emitter {
  readonly #options: EmitterOptions;
  readonly #roots: Roots;
  readonly #axes = new Map<number, Value>();
  readonly #accumulators = new Map<number, Value>();
  #scope: Scope = { values: new Map(), outer: undefined, isOneLane: false };
  /** What the outermost scope holds, by level. */
  readonly #bound: readonly Expression[][];
  #attended: readonly Expression[];
  #isNarrow = false;

  constructor(options: EmitterOptions, roots: Roots = rootsOf(options)) {
    this.#options = options;
    this.#roots = roots;
    this.#attended = roots.all;
    this.#bound = Array.from({ length: roots.innermost + 1 }, () => []);
  }

  /** An emitter of the same roots along another axis of vectors, or none; neither knows what the other evaluated. */
  twin(vectorAxis: number): Emitter {
    return new Emitter({ ...this.#options, vectorAxis }, this.#roots);
  }

  /** Registers an expression to be emitted later; gives its canonical form. */
  root(expression: Expression): Expression {
    return this.#roots.add(expression);
  }

  /** Binds axes of one level and evaluates, here, what deeper levels will need of it. */
  bind(level: number, axes: Iterable<readonly [number, Value]>): void {
    for (const [number, value] of axes) this.#axes.set(number, value);
    this.#forget(level);
    if (level >= this.#roots.innermost) return;
    for (const root of this.#attended) {
      for (const part of this.#roots.settledAt(root, level)) {
        if (this.#isNarrow && this.#isVector(part)) continue;
        if (this.#known(part) === undefined) this.#remember(part, this.#options.builder.let(this.#emit(part, false)));
      }
    }
  }

  /** While `emit` runs, places come one by one: no vector is evaluated ahead, since it would read beyond the end. */
  narrow(emit: () => void): void {
    const before = this.#isNarrow;
    this.#isNarrow = true;
    emit();
    this.#isNarrow = before;
  }

  /** Only these roots are evaluated ahead from now on; all of them when left out. */
  attend(roots: readonly Expression[] | undefined): void {
    this.#attended = roots ?? this.#roots.all;
  }

  /** Sets the value of an accumulator. */
  setAccumulator(index: number, value: Value): void {
    this.#accumulators.set(index, value);
    this.#forget(this.#options.accumulatorLevel);
  }

  /** The value of a root: a vector when it depends on the vector axis. */
  value(root: Expression): Value {
    return this.#emit(root, false);
  }

  /** The value of a root as a vector. */
  vectorValue(root: Expression): Value {
    return this.#toVector(root, this.#emit(root, false));
  }

  /** The value of a root at the vector axis's own number alone. */
  scalarValue(root: Expression): Value {
    return this.#scalar(() => this.#emit(root, false));
  }

  /** Whether a root varies along the vector axis. */
  isVector(root: Expression): boolean {
    return this.#isVector(root);
  }

  #forget(level: number): void {
    for (let deeper = level; deeper < this.#bound.length; deeper += 1) {
      const expressions = this.#bound[deeper];
      if (expressions === undefined || expressions.length === 0) continue;
      for (const expression of expressions) this.#scope.values.delete(expression);
      expressions.length = 0;
    }
  }

  /** The value that an expression was given where it is still valid. */
  #known(expression: Expression): Value | undefined {
    const isVector = this.#isVector(expression);
    for (let scope: Scope | undefined = this.#scope; scope !== undefined; scope = scope.outer) {
      const value = scope.values.get(expression);
      if (value !== undefined) return value;
      if (scope.isOneLane && isVector) return undefined;
    }
    return undefined;
  }

  #remember(expression: Expression, value: Value): void {
    this.#scope.values.set(expression, value);
    if (this.#scope.outer !== undefined) return;
    this.#bound[this.#roots.levelOf(expression)]?.push(expression);
  }

  #buffer(operand: number): EmitterBuffer {
    const buffer = this.#options.buffers[operand];
    if (buffer === undefined) throw new BugError(`Operand ${operand} has no buffer.`);
    return buffer;
  }

  #isVector(expression: Expression): boolean {
    const { vectorAxis } = this.#options;
    if (vectorAxis < 0) return false;
    return axesOf(expression).has(vectorAxis) || this.#hasVectorAccumulator(expression);
  }

  /** Whether a lane's value depends on that lane of an accumulator. */
  #hasVectorAccumulator(expression: Expression): boolean {
    return this.#options.vectorAccumulators === true && usesAccumulator(expression);
  }

  #emit(expression: Expression, isGuarded: boolean): Value {
    const known = this.#known(expression);
    if (known !== undefined) return known;
    const value = this.#emitNew(expression, isGuarded);
    const isShared = this.#roots.numUses(expression) > 1;
    if (
      !isShared ||
      value.kind === "constant" ||
      expression.kind === "axis" ||
      (isGuarded && containsRead(expression))
    ) {
      return value;
    }
    const local = this.#options.builder.let(value);
    this.#remember(expression, local);
    return local;
  }

  #emitNew(expression: Expression, isGuarded: boolean): Value {
    switch (expression.kind) {
      case "axis":
        return this.#axisValue(expression.axis);
      case "constant":
        return { kind: "constant", type: expression.type === "f32" ? "f32" : "i32", value: expression.value };
      case "accumulator": {
        const value = this.#accumulators.get(expression.index);
        if (value === undefined) throw new BugError(`Accumulator ${expression.index} has no value yet.`);
        return this.#isOneLane && ir.isVector(value.type) ? ir.lane(value, this.#lane) : value;
      }
      case "read":
        return this.#read(expression, isGuarded);
      case "unary":
        return this.#isLaneWise(expression)
          ? this.#byLanes(expression, isGuarded)
          : emitUnary(
              this.#options.builder,
              expression.operation,
              this.#emit(expression.x, isGuarded),
              expression.x.type,
            );
      case "binary":
        return this.#binary(expression, isGuarded);
      case "select":
        return this.#select(expression, isGuarded);
      case "guarded":
        return this.#guarded(expression, isGuarded);
      case "random":
        return this.#random(expression, isGuarded);
      default:
        return expression satisfies never;
    }
  }

  #axisValue(number: number): Value {
    const value = this.#axes.get(number);
    if (value === undefined) throw new BugError(`Axis ${number} is not bound.`);
    if (number !== this.#options.vectorAxis || this.#isOneLane) return value;
    const lanes = Array.from({ length: this.#options.lanes }, (_, lane) => ir.int(lane));
    return ir.binaryValue("add", ir.splat(value), ir.vector(lanes));
  }

  /** True while one lane of a vector is computed as a scalar. */
  #isOneLane = false;
  /** Which lane that is. */
  #lane = 0;

  /** Whether the operation has no vector form. */
  #isLaneWise(expression: Expression): boolean {
    if (!this.#isVector(expression) || this.#isOneLane) return false;
    if (expression.kind !== "binary" || expression.type !== "i32") return false;
    const { operation } = expression;
    if (isShift(operation)) return this.#isVector(expression.y);
    return operation === "floorDivide" || operation === "modulo";
  }

  /** Every lane computed as a scalar, then put together. */
  #byLanes(expression: Expression, isGuarded: boolean): Value {
    const { lanes, vectorAxis } = this.#options;
    const values = Array.from({ length: lanes }, (_, lane) => {
      const at = this.#options.levels.map((_level, number) => axisExpression(number));
      at[vectorAxis] = plus(axisExpression(vectorAxis), lane);
      this.#lane = lane;
      return this.#scalar(() => this.#emit(this.#roots.intern(substituteAxes(expression, at)), isGuarded));
    });
    const first = values[0];
    if (first?.type === "i32" && expression.type === "bool") {
      return ir.vector(values.map((value) => ir.binaryValue("subtract", ir.int(0), value)));
    }
    return ir.vector(values);
  }

  #scalar(emit: () => Value): Value {
    const outer = this.#isOneLane;
    this.#isOneLane = true;
    const around = this.#scope;
    this.#scope = { values: new Map(), outer: around, isOneLane: true };
    const value = emit();
    this.#scope = around;
    this.#isOneLane = outer;
    return value;
  }

  #read(expression: Extract<Expression, { kind: "read" }>, isGuarded: boolean): Value {
    const buffer = this.#buffer(expression.operand);
    const memory = memoryOf(buffer.dtype);
    const [position] = expression.at;
    if (position === undefined) throw new BugError("A read has one flat position here.");
    if (!this.#isVector(expression) || this.#isOneLane) {
      return this.#loadScalar(buffer, memory, this.#emit(position, isGuarded), expression);
    }
    const linear = linearize(position);
    const stride = strideAlong(linear, this.#options.vectorAxis);
    if (stride === undefined || this.#hasVectorAccumulator(position)) return this.#byLanes(expression, isGuarded);
    const start = this.#scalar(() => this.#emit(position, isGuarded));
    const pointer = ir.elementAt(buffer.pointer, memory, start);
    if (stride === 1)
      return this.#asType(ir.load(expression.type === "f32" ? "vf32" : "vi32", memory, pointer), expression);
    const address = this.#options.builder.let(pointer);
    const bytes = stride * ir.memoryBytes(memory);
    const lanes = Array.from({ length: this.#options.lanes }, (_, lane) =>
      ir.load(expression.type === "f32" ? "f32" : "i32", memory, address, lane * bytes),
    );
    return this.#asType(ir.vector(lanes), expression);
  }

  #loadScalar(buffer: EmitterBuffer, memory: MemoryType, position: Value, expression: Expression): Value {
    return ir.load(expression.type === "f32" ? "f32" : "i32", memory, ir.elementAt(buffer.pointer, memory, position));
  }

  /** Vectors of bool are masks. */
  #asType(value: Value, expression: Expression): Value {
    if (expression.type !== "bool") return value;
    return ir.binaryValue("notEqual", value, { kind: "constant", type: "vi32", value: 0 });
  }

  #binary(expression: Extract<Expression, { kind: "binary" }>, isGuarded: boolean): Value {
    if (this.#isLaneWise(expression)) return this.#byLanes(expression, isGuarded);
    let x = this.#emit(expression.x, isGuarded);
    let y = this.#emit(expression.y, isGuarded);
    if (ir.isVector(x.type) !== ir.isVector(y.type)) {
      x = this.#toVector(expression.x, x);
      if (!isShift(expression.operation)) y = this.#toVector(expression.y, y);
    }
    return emitBinary(this.#options.builder, expression.operation, x, y, expression.x);
  }

  #select(expression: Extract<Expression, { kind: "select" }>, isGuarded: boolean): Value {
    const condition = this.#emit(expression.condition, isGuarded);
    let x = this.#emit(expression.x, isGuarded);
    let y = this.#emit(expression.y, isGuarded);
    if (ir.isVector(condition.type) || ir.isVector(x.type) || ir.isVector(y.type)) {
      x = this.#toVector(expression.x, x);
      y = this.#toVector(expression.y, y);
    }
    return ir.isVector(condition.type) ? ir.selectValue(condition, x, y) : ir.conditional(condition, x, y);
  }

  #guarded(expression: Extract<Expression, { kind: "guarded" }>, isGuarded: boolean): Value {
    if (this.#isVector(expression.condition) && !this.#isOneLane) return this.#byLanes(expression, isGuarded);
    const condition = this.#emit(expression.condition, isGuarded);
    const k = this.#options.builder;
    const around = this.#scope;
    const inside: Scope = { values: new Map(), outer: around, isOneLane: false };
    let value: Value = ir.int(0);
    this.#scope = inside;
    const statements = k.capture(() => {
      value = this.#emit(expression.value, true);
    });
    this.#scope = around;
    const zero: Value = { kind: "constant", type: value.type, value: 0 };
    if (!statements.some(readsMemory)) {
      k.append(statements);
      for (const [part, known] of inside.values) this.#remember(part, known);
      return ir.conditional(condition, value, zero);
    }
    const result = k.variable(zero);
    k.when(condition, () => {
      k.append(statements);
      k.set(result, value);
    });
    return result;
  }

  #random(expression: Extract<Expression, { kind: "random" }>, isGuarded: boolean): Value {
    const isWide = this.#isVector(expression) && !this.#isOneLane;
    if (isWide && !this.#isWholeBlock(expression)) return this.#byLanes(expression, isGuarded);
    const { key, stream, domain, index } = expression;
    const [key0, key1] = [this.#emit(key[0], isGuarded), this.#emit(key[1], isGuarded)];
    const place = isWide ? this.#scalar(() => this.#emit(index, isGuarded)) : this.#emit(index, isGuarded);
    const source = [key0, key1, this.#emit(stream, isGuarded), domain, place] as const;
    const { builder, lanes } = this.#options;
    return isWide ? emitPhiloxVector(builder, lanes, source) : emitPhiloxWord(builder, ...source);
  }

  /** Whether the lanes are the words of whole blocks: the vector axis is always bound to a multiple of the lanes. */
  #isWholeBlock({ key, stream, index }: Extract<Expression, { kind: "random" }>): boolean {
    if (this.#options.lanes % 4 !== 0 || [...key, stream].some((part) => this.#isVector(part))) return false;
    const linear = linearize(index);
    const others = linear.terms.filter(({ atom }) => !this.#isVector(atom));
    const isAligned = linear.constant % 4 === 0 && others.every(({ coefficient }) => coefficient % 4 === 0);
    return isAligned && strideAlong(linear, this.#options.vectorAxis) === 1;
  }

  /** A scalar into every lane; a bool becomes a mask. */
  #toVector(expression: Expression, value: Value): Value {
    if (ir.isVector(value.type)) return value;
    if (expression.type !== "bool") return ir.splat(value);
    if (value.kind === "constant") return { kind: "constant", type: "vi32", value: value.value === 0 ? 0 : -1 };
    return ir.splat(ir.binaryValue("subtract", ir.int(0), value));
  }
}

/** A shift takes one distance for all lanes. */
function isShift(operation: string): boolean {
  return operation === "shiftLeft" || operation === "shiftRightLogical";
}

function rootsOf({ buffers, levels, accumulatorLevel }: EmitterOptions): Roots {
  return new Roots({ shapes: buffers.map(({ shape }) => shape), levels, accumulatorLevel });
}

/** Whether a statement that gives a value a name reads memory for it. */
function readsMemory(statement: Statement): boolean {
  if (statement.kind !== "set") return true;
  const holdsLoad = (value: Value): boolean => value.kind === "load" || ir.valueParts(value).some(holdsLoad);
  return holdsLoad(statement.value);
}

const accumulatorUsers = new WeakMap<Expression, boolean>();

function usesAccumulator(expression: Expression): boolean {
  const known = accumulatorUsers.get(expression);
  if (known !== undefined) return known;
  const uses = expression.kind === "accumulator" || partsOf(expression).some(usesAccumulator);
  accumulatorUsers.set(expression, uses);
  return uses;
}
