// What the kernel language means, in the plainest JavaScript: the oracle of the targets' encoders. Vectors are arrays of
// numbers, memory is one ArrayBuffer.
import { unreachable } from "#engine/base/error.ts";
import { isVector, type Kernel, type MemoryType, type Statement, type Value } from "#engine/graph/kernel.ts";
import { fusedMultiplyAdd } from "./arrays.ts";

type Lanes = readonly number[];

/** What targets differ in. */
export interface Meaning {
  readonly lanes: number;
  /** Whether a multiply-add rounds once. */
  readonly fused: boolean;
}

/** One call of a kernel: where things lie, and the locals' values. */
interface Frame {
  readonly memory: DataView;
  readonly buffers: readonly number[];
  readonly scratch: number;
  readonly chunk: number;
  readonly locals: Lanes[];
  readonly meaning: Meaning;
  readonly watch: (address: number, bytes: number) => void;
}

/** Where a kernel's memory lies. */
export interface Places {
  readonly memory: ArrayBuffer;
  readonly buffers: readonly number[];
  readonly scratch: number;
  /** Told of every access. */
  readonly watch?: (address: number, bytes: number) => void;
}

/** Runs every chunk of a kernel, in order. */
export function interpret(
  kernel: Kernel,
  { memory, buffers, scratch, watch = () => {} }: Places,
  meaning: Meaning,
): void {
  for (let chunk = 0; chunk < kernel.numChunks; chunk += 1) {
    const locals = kernel.locals.map((): Lanes => unset);
    execute(kernel.body, { memory: new DataView(memory), buffers, scratch, chunk, locals, meaning, watch });
  }
}

/** What a local holds before anything was put into it. */
const unset: Lanes = [];

/** On a processor such a local holds whatever a register held before. */
function known(lanes: Lanes = unset, id: number): Lanes {
  if (lanes === unset) throw new Error(`Local ${id} is read before it is set.`);
  return lanes;
}

function execute(body: readonly Statement[], frame: Frame): void {
  for (const statement of body) {
    if (statement.kind === "set") frame.locals[statement.local.id] = lanesOf(statement.value, frame);
    else if (statement.kind === "if") {
      execute(scalar(statement.condition, frame) === 0 ? statement.otherwise : statement.then, frame);
    } else if (statement.kind === "for") {
      const to = scalar(statement.to, frame);
      for (let index = scalar(statement.from, frame); index < to; index += statement.step) {
        frame.locals[statement.local.id] = [index];
        execute(statement.body, frame);
      }
    } else {
      const address = scalar(statement.pointer, frame) + statement.offset;
      const width = byteWidth(statement.memory);
      const values = lanesOf(statement.value, frame);
      frame.watch(address, values.length * width);
      for (const [lane, value] of values.entries())
        write(frame.memory, statement.memory, address + lane * width, value);
    }
  }
}

const scalar = (value: Value, frame: Frame): number => lanesOf(value, frame)[0]!;
const isFloat = (value: Value): boolean => value.type === "f32" || value.type === "vf32";

function lanesOf(value: Value, frame: Frame): Lanes {
  const width = isVector(value.type) ? frame.meaning.lanes : 1;
  const lanes = (fill: (lane: number) => number): Lanes => Array.from({ length: width }, (_, lane) => fill(lane));
  switch (value.kind) {
    case "constant":
      return lanes(() => (isFloat(value) ? Math.fround(value.value) : value.value | 0));
    case "local":
      return known(frame.locals[value.id], value.id);
    case "chunk":
      return [frame.chunk];
    case "buffer":
      return [frame.buffers[value.index]!];
    case "scratch":
      return [frame.scratch + value.offset];
    case "offset":
      return [(scalar(value.pointer, frame) + scalar(value.bytes, frame)) | 0];
    case "load": {
      const address = scalar(value.pointer, frame) + value.offset;
      const step = value.splat ? 0 : byteWidth(value.memory);
      frame.watch(address, step * (width - 1) + byteWidth(value.memory));
      return lanes((lane) => read(frame.memory, value.memory, address + lane * step));
    }
    case "unary": {
      const x = lanesOf(value.x, frame);
      return lanes((lane) => unary(value.operation, x[lane]!, isFloat(value.x), width > 1));
    }
    case "binary": {
      const x = lanesOf(value.x, frame);
      const y = lanesOf(value.y, frame);
      return lanes((lane) => binary(value.operation, x[lane]!, y[lane] ?? y[0]!, isFloat(value.x), width > 1));
    }
    case "fma": {
      const [x, y, z] = [value.x, value.y, value.z].map((part) => lanesOf(part, frame));
      const combine = frame.meaning.fused
        ? fusedMultiplyAdd
        : (a: number, b: number, c: number) => Math.fround(a * b) + c;
      return lanes((lane) => Math.fround(combine(x![lane]!, y![lane]!, z![lane]!)));
    }
    case "select": {
      const condition = lanesOf(value.condition, frame);
      const [x, y] = [lanesOf(value.x, frame), lanesOf(value.y, frame)];
      return lanes((lane) => ((condition[lane] ?? condition[0]) === 0 ? y[lane]! : x[lane]!));
    }
    case "conditional":
      return lanesOf(scalar(value.condition, frame) === 0 ? value.y : value.x, frame);
    case "splat":
      return lanes(() => scalar(value.x, frame));
    case "lane":
      return [lanesOf(value.x, frame)[value.lane]!];
    case "vector":
      return value.lanes.map((lane) => scalar(lane, frame));
    case "shuffle":
      return value.order.map((lane) => [...lanesOf(value.x, frame), ...lanesOf(value.y, frame)][lane]!);
    default:
      return unreachable(value);
  }
}

const bits = new DataView(new ArrayBuffer(4));

function asBits(value: number): number {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}

function asFloat(value: number): number {
  bits.setInt32(0, value);
  return bits.getFloat32(0);
}

function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(rounded - x) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function unary(operation: string, x: number, isFloating: boolean, isWide: boolean): number {
  const sign = x < 0 || Object.is(x, -0) ? -0 : 0;
  switch (operation) {
    case "negate":
      return isFloating ? -x : -x | 0;
    case "abs":
      return isFloating ? Math.abs(x) : Math.abs(x) | 0;
    case "sqrt":
      return Math.fround(Math.sqrt(x));
    case "floor":
      return Math.floor(x);
    case "ceil":
      return Math.ceil(x);
    case "round":
      return Number.isFinite(x) && Math.abs(x) < 2 ** 24 ? roundHalfEven(x) || sign : x;
    case "not":
      return isWide ? ~x : Number(x === 0);
    case "toF32":
      return Math.fround(x);
    case "toI32":
      return Number.isNaN(x) ? 0 : Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(x))) | 0;
    case "asF32":
      return isFloating ? x : asFloat(x);
    default:
      return isFloating ? asBits(x) : x;
  }
}

function binary(operation: string, x: number, y: number, isFloating: boolean, isWide: boolean): number {
  const truth = (holds: boolean): number => (holds ? (isWide ? -1 : 1) : 0);
  const number = (result: number): number => (isFloating ? Math.fround(result) : result | 0);
  switch (operation) {
    case "add":
      return number(x + y);
    case "subtract":
      return number(x - y);
    case "multiply":
      return isFloating ? Math.fround(x * y) : Math.imul(x, y);
    case "divide":
      return number(isFloating ? x / y : Math.trunc(x / y));
    case "remainder":
      return (x % y) | 0;
    case "divideUnsigned":
      return Math.floor((x >>> 0) / (y >>> 0)) | 0;
    case "remainderUnsigned":
      return ((x >>> 0) % (y >>> 0)) | 0;
    case "multiplyHighUnsigned":
      return Number((BigInt(x >>> 0) * BigInt(y >>> 0)) >> 32n) | 0;
    case "minimum":
      return Math.min(x, y);
    case "maximum":
      return Math.max(x, y);
    case "pseudoMinimum":
      return y < x ? y : x;
    case "pseudoMaximum":
      return x < y ? y : x;
    case "and":
      return x & y;
    case "or":
      return x | y;
    case "xor":
      return x ^ y;
    case "shiftLeft":
      return x << y;
    case "shiftRight":
      return x >> y;
    case "shiftRightLogical":
      return (x >>> y) | 0;
    case "equal":
      return truth(x === y);
    case "notEqual":
      return truth(x !== y);
    case "less":
      return truth(x < y);
    default:
      return truth(x <= y);
  }
}

function byteWidth(memory: MemoryType): number {
  return { f32: 4, i32: 4, u8: 1, f16: 2, bf16: 2 }[memory];
}

const formats = {
  f16: { digits: 10, lowest: -14, highest: 15 },
  bf16: { digits: 7, lowest: -126, highest: 127 },
} as const;

/** Bits of a small float, by arithmetic alone. */
export function encodeSmall(format: "f16" | "bf16", value: number): number {
  const { digits, lowest, highest } = formats[format];
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const infinity = (highest * 2 + 1) * 2 ** digits;
  if (Number.isNaN(value)) return infinity + 2 ** (digits - 1);
  const magnitude = Math.abs(value);
  if (magnitude === 0) return sign;
  if (magnitude === Infinity) return sign + infinity;
  let exponent = lowest;
  while (exponent < 127 && magnitude >= 2 ** (exponent + 1)) exponent += 1;
  const units = roundHalfEven(magnitude / 2 ** (exponent - digits));
  return sign + Math.min(infinity, units + (exponent - lowest) * 2 ** digits);
}

/** The value of a small float's bits. */
export function decodeSmall(format: "f16" | "bf16", word: number): number {
  const { digits, lowest, highest } = formats[format];
  const sign = word & 0x8000 ? -1 : 1;
  const exponent = (word & 0x7fff) >> digits;
  const fraction = word & (2 ** digits - 1);
  if (exponent === highest * 2 + 1) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** (lowest - digits);
  return sign * (2 ** digits + fraction) * 2 ** (exponent - 1 + lowest - digits);
}

function read(memory: DataView, type: MemoryType, address: number): number {
  if (type === "f32") return memory.getFloat32(address, true);
  if (type === "i32") return memory.getInt32(address, true);
  if (type === "u8") return memory.getUint8(address);
  return decodeSmall(type, memory.getUint16(address, true));
}

function write(memory: DataView, type: MemoryType, address: number, value: number): void {
  if (type === "f32") memory.setFloat32(address, value, true);
  else if (type === "i32") memory.setInt32(address, value, true);
  else if (type === "u8") memory.setUint8(address, value & 255);
  else memory.setUint16(address, encodeSmall(type, value), true);
}
