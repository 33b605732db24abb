// The kernel language over whole arrays: every chunk of a straight kernel at once, so that functions can be tried on many
// numbers. A multiply-add rounds once or twice, as asked. Knows f32 and i32 in memory, no loops and no branches.
import { isVector, type Kernel, type KernelBinary, type KernelUnary, type Value } from "#engine/graph/kernel.ts";

type Numbers = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

export interface ArrayOptions {
  readonly buffers: readonly Numbers[];
  /** Lanes of a vector. */
  readonly lanes: number;
  /** Whether a multiply-add rounds once. */
  readonly fused: boolean;
}

const batch = 4096;

/** Runs the kernel's chunks; it addresses elements by `chunk` alone, as `elementwiseKernel` does. */
export function runOnArrays(kernel: Kernel, options: ArrayOptions): void {
  for (let first = 0; first < kernel.numChunks; first += batch) {
    new Run(options, first, Math.min(batch, kernel.numChunks - first)).execute(kernel);
  }
}

const isFloat = (value: Value): boolean => value.type === "f32" || value.type === "vf32";
const asFloats = (x: Numbers): Numbers => new Float32Array(x.buffer, x.byteOffset, x.length);
const asInts = (x: Numbers): Numbers => new Int32Array(x.buffer, x.byteOffset, x.length);

class Run {
  readonly #options: ArrayOptions;
  readonly #first: number;
  readonly #count: number;
  readonly #locals: Numbers[] = [];

  constructor(options: ArrayOptions, first: number, count: number) {
    this.#options = options;
    this.#first = first;
    this.#count = count;
  }

  execute(kernel: Kernel): void {
    for (const statement of kernel.body) {
      if (statement.kind === "set") this.#locals[statement.local.id] = this.#value(statement.value);
      else if (statement.kind === "store") {
        const width = isVector(statement.value.type) ? this.#options.lanes : 1;
        this.#target(statement.pointer).set(this.#value(statement.value), this.#first * width);
      } else throw new Error(`No ${statement.kind} here.`);
    }
  }

  #target(pointer: Value): Numbers {
    if (pointer.kind === "offset") return this.#target(pointer.pointer);
    const buffer = pointer.kind === "buffer" ? this.#options.buffers[pointer.index] : undefined;
    if (!buffer) throw new Error("Not a buffer.");
    return buffer;
  }

  #array(value: Value): Numbers {
    const length = this.#count * (isVector(value.type) ? this.#options.lanes : 1);
    return isFloat(value) ? new Float32Array(length) : new Int32Array(length);
  }

  #value(value: Value): Numbers {
    switch (value.kind) {
      case "constant":
        return this.#array(value).fill(value.value);
      case "local":
        return this.#locals[value.id]!;
      case "chunk":
        return this.#array(value).map((_: number, index: number) => this.#first + index);
      case "load": {
        const width = isVector(value.type) ? this.#options.lanes : 1;
        return this.#target(value.pointer).slice(this.#first * width, (this.#first + this.#count) * width);
      }
      case "unary":
        return unary(value.operation, this.#value(value.x), isVector(value.type) ? -1 : 1);
      case "binary":
        return binary(value.operation, this.#value(value.x), this.#value(value.y), {
          result: this.#array(value),
          truth: isVector(value.type) ? -1 : 1,
          isFloat: isFloat(value.x),
        });
      case "fma":
        return this.#multiplyAdd(value);
      case "select": {
        const [condition, x, y] = [this.#value(value.condition), this.#value(value.x), this.#value(value.y)];
        return this.#array(value).map((_: number, index: number) => (condition[index] === 0 ? y[index]! : x[index]!));
      }
      case "vector": {
        const lanes = value.lanes.map((lane) => this.#value(lane));
        return this.#array(value).map(
          (_: number, index: number) => lanes[index % lanes.length]![Math.floor(index / lanes.length)]!,
        );
      }
      default:
        throw new Error(`No ${value.kind} here.`);
    }
  }

  #multiplyAdd(value: Extract<Value, { kind: "fma" }>): Numbers {
    const [x, y, z] = [this.#value(value.x), this.#value(value.y), this.#value(value.z)];
    const result = this.#array(value);
    const combine = this.#options.fused
      ? fusedMultiplyAdd
      : (a: number, b: number, c: number) => Math.fround(a * b) + c;
    for (let index = 0; index < result.length; index += 1) result[index] = combine(x[index]!, y[index]!, z[index]!);
    return result;
  }
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer); // the lower one first

/** x y + z rounded once to f32: the product is exact in f64; the sum is rounded to odd, so that rounding again is right. */
export function fusedMultiplyAdd(x: number, y: number, z: number): number {
  const product = x * y;
  const sum = product + z;
  const back = sum - product;
  const error = product - (sum - back) + (z - back);
  if (error === 0 || !Number.isFinite(sum)) return Math.fround(sum);
  double[0] = sum;
  if ((words[0]! & 1) === 0) {
    const isLarger = error > 0 === sum > 0;
    if (!isLarger && words[0] === 0) words[1]! -= 1;
    words[0]! += isLarger ? 1 : -1;
  }
  return Math.fround(double[0]);
}

function unary(operation: KernelUnary, x: Numbers, truth: number): Numbers {
  const apply = (combine: (x: number) => number): Numbers => x.map(combine);
  switch (operation) {
    case "negate":
      return apply((value) => -value);
    case "abs":
      return apply(Math.abs);
    case "sqrt":
      return apply(Math.sqrt);
    case "floor":
      return apply(Math.floor);
    case "ceil":
      return apply(Math.ceil);
    case "not":
      return apply(truth === 1 ? (value) => (value === 0 ? 1 : 0) : (value) => ~value);
    case "toF32":
      return Float32Array.from(x);
    case "toI32":
      return Int32Array.from(x, (value) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(value))));
    case "asF32":
      return asFloats(x);
    case "asI32":
      return asInts(x);
    default:
      throw new Error(`No ${operation} here.`);
  }
}

function binary(
  operation: KernelBinary,
  x: Numbers,
  y: Numbers,
  { result, truth, isFloat }: { result: Numbers; truth: number; isFloat: boolean },
): Numbers {
  const combine = combiner(operation, isFloat, truth);
  const repeat = x.length / y.length; // a vector's shift count is a scalar
  for (let index = 0; index < result.length; index += 1) {
    result[index] = combine(x[index]!, y[repeat === 1 ? index : Math.floor(index / repeat)]!);
  }
  return result;
}

function combiner(operation: KernelBinary, isFloat: boolean, truth: number): (x: number, y: number) => number {
  const claim = (holds: (x: number, y: number) => boolean) => (x: number, y: number) => (holds(x, y) ? truth : 0);
  switch (operation) {
    case "add":
      return (x, y) => x + y;
    case "subtract":
      return (x, y) => x - y;
    case "multiply":
      return isFloat ? (x, y) => x * y : Math.imul;
    case "divide":
      return (x, y) => x / y;
    case "divideUnsigned":
      return (x, y) => (x >>> 0) / (y >>> 0);
    case "remainderUnsigned":
      return (x, y) => (x >>> 0) % (y >>> 0);
    case "multiplyHighUnsigned":
      return (x, y) => Number(BigInt.asIntN(32, (BigInt(x >>> 0) * BigInt(y >>> 0)) >> 32n));
    case "minimum":
      return Math.min;
    case "maximum":
      return Math.max;
    case "pseudoMinimum":
      return (x, y) => (y < x ? y : x);
    case "pseudoMaximum":
      return (x, y) => (x < y ? y : x);
    case "and":
      return (x, y) => x & y;
    case "or":
      return (x, y) => x | y;
    case "xor":
      return (x, y) => x ^ y;
    case "shiftLeft":
      return (x, y) => x << y;
    case "shiftRight":
      return (x, y) => x >> y;
    case "shiftRightLogical":
      return (x, y) => x >>> y;
    case "equal":
      return claim((x, y) => x === y);
    case "notEqual":
      return claim((x, y) => x !== y);
    case "less":
      return claim((x, y) => x < y);
    case "lessEqual":
      return claim((x, y) => x <= y);
    default:
      throw new Error(`No ${operation} here.`);
  }
}
