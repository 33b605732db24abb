// Every value and statement of the kernel language, for any encoder of a target: its code leaves the bytes that the
// reference leaves.
import { describe, expect, test } from "vitest";
import {
  add,
  binaryValue,
  conditional,
  elementAt,
  float,
  fma,
  int,
  KernelBuilder,
  lane,
  less,
  load,
  loadSplat,
  multiply,
  offsetBy,
  selectValue,
  shuffle,
  splat,
  subtract,
  unaryValue,
  vector,
  type Kernel,
  type KernelBinary,
  type KernelUnary,
  type MemoryType,
  type Value,
  type ValueType,
} from "#engine/graph/kernel.ts";
import { interpret, type Meaning } from "./reference.ts";
import { count, fillInputs, memoryBytes, place, scratchAt } from "./value-inputs.ts";

/** Code under test. */
export interface Subject extends Meaning {
  /** Runs every chunk of a kernel whose buffers begin at `place(index)`, over memory that `fill` prepared; gives the memory. */
  readonly run: (kernel: Kernel, fill: (memory: ArrayBuffer) => void) => ArrayBuffer;
}

const allTypes = ["f32", "i32", "vf32", "vi32"] as const;
const floatUnary: readonly KernelUnary[] = [
  "negate",
  "abs",
  "sqrt",
  "floor",
  "ceil",
  "round",
  "toI32",
  "asI32",
  "asF32",
];
const integerUnary: readonly KernelUnary[] = ["negate", "abs", "not", "toF32", "asF32", "asI32"];
const common: readonly KernelBinary[] = [
  "add",
  "subtract",
  "multiply",
  "minimum",
  "maximum",
  "pseudoMinimum",
  "pseudoMaximum",
  "equal",
  "notEqual",
  "less",
  "lessEqual",
];
const divisions: readonly KernelBinary[] = ["divide", "remainder", "divideUnsigned", "remainderUnsigned"];
const bitwise: readonly KernelBinary[] = ["and", "or", "xor", "multiplyHighUnsigned"];
const shifts: readonly KernelBinary[] = ["shiftLeft", "shiftRight", "shiftRightLogical"];

function loadLane(pointer: Value, index: Value): Value {
  return lane(loadSplat(elementAt(pointer, "f32", index)), 2);
}

function lessEqualTo(x: Value, y: Value): Value {
  return binaryValue("lessEqual", x, y);
}

/** Bits in which every NaN is the same. */
function canonical(words: Int32Array): Int32Array {
  return words.map((word) => ((word & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : word));
}

/** Tests a subject. */
export function testKernels(subject: Subject): void {
  const { lanes } = subject;

  function runBoth(kernel: Kernel, fill: (memory: ArrayBuffer) => void): readonly [ArrayBuffer, ArrayBuffer] {
    const oracle = new ArrayBuffer(memoryBytes);
    fill(oracle);
    const buffers = Array.from({ length: kernel.numBuffers }, (_, index) => place(index));
    interpret(kernel, { memory: oracle, buffers, scratch: scratchAt }, subject);
    return [subject.run(kernel, fill), oracle];
  }

  /** Buffers: floats, shifted floats, integers, shifted integers, the result. `compute` gives the value to store. */
  function mapKernel(type: ValueType, rounds: number, compute: (x: Value, y: Value) => Value): Kernel {
    const builder = new KernelBuilder();
    const isFloat = type === "f32" || type === "vf32";
    const step = type === "vf32" || type === "vi32" ? lanes : 1;
    const memory: MemoryType = isFloat ? "f32" : "i32";
    builder.loop(int(0), int(rounds), 1, (round) => {
      builder.loop(int(0), int(count), step, (index) => {
        const x = load(type, memory, elementAt(builder.buffer(isFloat ? 0 : 2), memory, index));
        const at = builder.let(add(multiply(round, int(count)), index));
        const y = load(type, memory, elementAt(builder.buffer(isFloat ? 1 : 3), memory, at));
        const result = compute(x, y);
        const isFloatResult = result.type === "f32" || result.type === "vf32";
        builder.store(isFloatResult ? "f32" : "i32", elementAt(builder.buffer(4), "i32", at), result);
      });
    });
    return builder.finish({ name: "map", numBuffers: 5, numChunks: 1, flops: 0, bytes: 0 });
  }

  function expectEqual(kernel: Kernel, isFloat: boolean): void {
    const [actual, oracle] = runBoth(kernel, fillInputs);
    const View = isFloat ? Float32Array : Int32Array;
    expect(new View(actual, place(4), count * count)).toEqual(new View(oracle, place(4), count * count));
  }

  describe.each(allTypes)("%s", (type) => {
    const isFloat = type === "f32" || type === "vf32";
    test.each(isFloat ? floatUnary : integerUnary)("%s", (operation) => {
      const resultIsFloat = isFloat ? operation !== "toI32" && operation !== "asI32" : operation.endsWith("F32");
      expectEqual(
        mapKernel(type, 1, (x) => unaryValue(operation, x)),
        resultIsFloat,
      );
    });

    test.each(isFloat ? [...common, "divide" as const] : [...common, ...bitwise])("%s", (operation) => {
      const isComparison = binaryValue(operation, int(0), int(0)).type === "i32" && /equal|less/i.test(operation);
      expectEqual(
        mapKernel(type, count, (x, y) => binaryValue(operation, x, y)),
        isFloat && !isComparison,
      );
    });
  });

  describe.each(["i32", "vi32"] as const)("%s", (type) => {
    test.each(divisions)("%s by what is not 0", (operation) => {
      const one: Value = { kind: "constant", type, value: 1 };
      const zero: Value = { kind: "constant", type, value: 0 };
      const kernel = mapKernel(type, count, (x, y) =>
        binaryValue(operation, x, selectValue(binaryValue("equal", y, zero), one, y)),
      );
      expectEqual(kernel, false);
    });

    test.each(shifts)("%s", (operation) => {
      expectEqual(
        mapKernel(type, 1, (x) => binaryValue(operation, x, int(5))),
        false,
      );
    });
  });

  test.each(["minimum", "maximum", "pseudoMinimum", "pseudoMaximum"] as const)("%s with a constant", (operation) => {
    for (const type of ["f32", "vf32"] as const) {
      for (const value of [0, -0, 1.5, -7.75, Number.NaN, Infinity]) {
        const constant: Value = { kind: "constant", type, value };
        expectEqual(
          mapKernel(type, 1, (x) => binaryValue(operation, x, constant)),
          true,
        );
        expectEqual(
          mapKernel(type, 1, (x) => binaryValue(operation, constant, x)),
          true,
        );
      }
    }
  });

  test("integer division by a constant, -1 included", () => {
    for (const divisor of [1, -1, 3, -7, 8]) {
      expectEqual(
        mapKernel("i32", 1, (x) => binaryValue("divide", x, int(divisor))),
        false,
      );
      expectEqual(
        mapKernel("i32", 1, (x) => multiply(x, int(divisor))),
        false,
      );
    }
  });

  test("fma, select, conditional, splat, lane, vector, shuffle", () => {
    expectEqual(
      mapKernel("vf32", count, (x, y) => fma(x, y, x)),
      true,
    );
    expectEqual(
      mapKernel("f32", count, (x, y) => fma(x, y, y)),
      true,
    );
    expectEqual(
      mapKernel("vf32", count, (x, y) => selectValue(less(x, y), x, y)),
      true,
    );
    expectEqual(
      mapKernel("vi32", count, (x, y) => selectValue(less(x, y), x, y)),
      false,
    );
    expectEqual(
      mapKernel("i32", count, (x, y) => selectValue(less(x, y), x, y)),
      false,
    );
    expectEqual(
      mapKernel("f32", count, (x, y) => conditional(less(x, y), x, unaryValue("negate", y))),
      true,
    );
    expectEqual(
      mapKernel("vf32", count, (x, y) => splat(binaryValue("add", lane(x, 1), lane(y, 3)))),
      true,
    );
    expectEqual(
      mapKernel("vi32", count, (x, y) =>
        vector(
          Array.from(
            { length: lanes },
            (_, at) => [lane(y, lanes - 1 - at), int(9), lane(x, at - 2), lane(x, at)][at % 4]!,
          ),
        ),
      ),
      false,
    );
    const orders = [
      (lane: number) => (lane * 7 + 5) % (lanes * 2),
      (lane: number) => lane - (lane % 4) + ([0, lanes, 1, lanes + 1][lane % 4] ?? 0),
      (lane: number) => lane - (lane % 4) + ([2, lanes + 2, 3, lanes + 3][lane % 4] ?? 0),
      (lane: number) => lane - (lane % 4) + ([3, 1, lanes + 2, lanes][lane % 4] ?? 0),
      (lane: number) => ((lane + lanes - (lane % 4)) % (lanes * 2)) + (lane % 4),
      (lane: number) => (lane < lanes / 2 ? lane + lanes / 2 : lane),
      (lane: number) => lanes * 2 - 1 - lane,
      (lane: number) => lane + 1,
      (lane: number) => (lane + lanes + 2) % (lanes * 2),
      (lane: number) => lane - (lane % 2) + (lane % 2) * lanes,
    ];
    for (const order of orders) {
      expectEqual(
        mapKernel("vf32", count, (x, y) =>
          shuffle(
            x,
            y,
            Array.from({ length: lanes }, (_, lane) => order(lane)),
          ),
        ),
        true,
      );
    }
  });

  describe.each(["f32", "i32", "u8", "f16", "bf16"] as const)("memory type %s", (memory) => {
    const isFloat = memory !== "i32" && memory !== "u8";
    const [narrow, wide]: readonly [ValueType, ValueType] = isFloat ? ["f32", "vf32"] : ["i32", "vi32"];
    const plain: MemoryType = isFloat ? "f32" : "i32";

    test("loads of each form", () => {
      const builder = new KernelBuilder();
      const [input, output] = [builder.buffer(0), builder.buffer(1)];
      builder.loop(int(0), int(4096 - lanes), lanes, (index) => {
        const from = elementAt(input, memory, index);
        const to = elementAt(output, "f32", multiply(index, int(3)));
        builder.store(plain, to, load(wide, memory, from));
        builder.store(
          plain,
          to,
          { kind: "load", type: wide, memory, pointer: from, offset: 0, splat: true },
          lanes * 4,
        );
        for (let at = 0; at < lanes; at += 1) {
          const pointer = elementAt(input, memory, add(index, int(at)));
          builder.store(plain, to, load(narrow, memory, pointer), (lanes * 2 + at) * 4);
        }
      });
      const kernel = builder.finish({ name: "loads", numBuffers: 2, numChunks: 1, flops: 0, bytes: 0 });
      // Every 16th pattern of two bytes, each sign and special exponent among them.
      const [actual, oracle] = runBoth({ ...kernel, numBuffers: 5 }, (buffer) => {
        const words = new Uint16Array(buffer, place(0), 8192);
        for (let index = 0; index < words.length; index += 1) words[index] = index * 8 + (index % 2) * (index % 7);
      });
      const View = isFloat ? Float32Array : Int32Array;
      expect(new View(actual, place(1), 12288)).toEqual(new View(oracle, place(1), 12288));
    });

    test("stores, scalar and vector", () => {
      const builder = new KernelBuilder();
      builder.loop(int(0), int(count), lanes, (index) => {
        const from = elementAt(builder.buffer(isFloat ? 0 : 2), plain, index);
        builder.store(memory, elementAt(builder.buffer(4), memory, index), load(wide, plain, from));
        for (let at = 0; at < lanes; at += 1) {
          const to = elementAt(builder.buffer(4), memory, add(index, int(at + 100)));
          builder.store(memory, to, load(narrow, plain, from, at * 4));
        }
      });
      const kernel = builder.finish({ name: "stores", numBuffers: 5, numChunks: 1, flops: 0, bytes: 0 });
      const [actual, oracle] = runBoth(kernel, fillInputs);
      const View = { f32: Float32Array, i32: Int32Array, u8: Uint8Array, f16: Uint16Array, bf16: Uint16Array }[memory];
      // A NaN's sign is free: what is not a number anywhere is compared as one pattern.
      const clean = (values: ArrayLike<number>): number[] =>
        Array.from(values, (value) =>
          (memory === "f16" && (value & 0x7fff) > 0x7c00) || (memory === "bf16" && (value & 0x7fff) > 0x7f80)
            ? -1
            : value,
        );
      expect(clean(new View(actual, place(4), count + 100))).toEqual(clean(new View(oracle, place(4), count + 100)));
    });
  });

  test("loops: empty, once, nested, limits known at run time, negative starts", () => {
    const builder = new KernelBuilder();
    const total = builder.variable(int(0));
    const note = (value: Value): void => builder.set(total, add(multiply(total, int(31)), value));
    for (const [from, to, step] of [
      [0, 0, 1],
      [3, 2, 1],
      [0, 1, 4],
      [-3, 4, 2],
      [0, 9, 4],
    ] as const) {
      builder.loop(int(from), int(to), step, note);
      builder.loop(int(from), add(builder.chunk, int(to)), step, (outer) => {
        builder.loop(outer, int(to + 2), step, (inner) => note(subtract(inner, outer)));
      });
    }
    builder.when(
      less(int(1), builder.chunk),
      () => builder.set(total, add(total, int(1))),
      () => builder.when(binaryValue("equal", builder.chunk, int(0)), () => builder.set(total, int(77))),
    );
    builder.store("i32", elementAt(builder.buffer(0), "i32", builder.chunk), total);
    const kernel = builder.finish({ name: "loops", numBuffers: 1, numChunks: 4, flops: 0, bytes: 0 });
    const [actual, oracle] = runBoth(kernel, () => undefined);
    expect(new Int32Array(actual, place(0), 4)).toEqual(new Int32Array(oracle, place(0), 4));
  });

  test("equal parts of values, between which locals, loops and branches change what they mean", () => {
    const builder = new KernelBuilder();
    const [input, output] = [builder.buffer(2), builder.buffer(4)];
    const moving = builder.variable(int(3));
    const part = (): Value => multiply(add(moving, builder.chunk), int(12));
    const note = (at: number): void =>
      builder.store("i32", output, add(part(), load("i32", "i32", offsetBy(input, part()))), at);
    note(0);
    builder.set(moving, int(4));
    note(4);
    builder.loop(int(0), int(3), 1, (index) => {
      note(8);
      builder.when(
        less(index, builder.chunk),
        () => builder.set(moving, add(moving, int(1))),
        () => builder.store("i32", output, binaryValue("remainderUnsigned", part(), int(7)), 12),
      );
      builder.store("i32", output, binaryValue("divideUnsigned", part(), int(7)), 16);
      builder.store("i32", output, conditional(less(moving, int(6)), part(), multiply(part(), int(3))), 20);
      const place = builder.let(subtract(part(), int(50)));
      const isInside = binaryValue("and", lessEqualTo(int(0), place), less(place, int(20)));
      const isNear = binaryValue("and", isInside, binaryValue("and", lessEqualTo(int(-2), index), less(index, int(2))));
      builder.when(isNear, () => builder.store("i32", output, index, 24));
    });
    note(28);
    const kernel = builder.finish({ name: "parts", numBuffers: 5, numChunks: 3, flops: 0, bytes: 0 });
    const [actual, oracle] = runBoth(kernel, fillInputs);
    expect(new Int32Array(actual, place(4), 8)).toEqual(new Int32Array(oracle, place(4), 8));
  });

  test("addresses: sunk constants, negative terms, scratch, offsets beyond an immediate", () => {
    const builder = new KernelBuilder();
    const [input, output] = [builder.buffer(0), builder.buffer(1)];
    const scratch = builder.scratch(100);
    const second = builder.scratch(64);
    builder.loop(int(0), int(8), 1, (index) => {
      const back = multiply(subtract(index, int(8)), int(4));
      const forth = binaryValue("shiftLeft", add(int(9), index), int(2));
      const x = load("f32", "f32", offsetBy(offsetBy(input, back), forth), 28);
      builder.store("f32", elementAt(second, "f32", index), x, 4);
      const far = offsetBy(offsetBy(input, int(3_000_000)), subtract(multiply(index, int(4)), int(3_000_000)));
      builder.store("f32", elementAt(scratch, "f32", index), load("f32", "f32", far, 8));
      const sum = add(load("f32", "f32", elementAt(second, "f32", add(index, int(1)))), loadLane(scratch, index));
      builder.store("f32", elementAt(output, "f32", index), sum);
    });
    const kernel = builder.finish({ name: "addresses", numBuffers: 5, numChunks: 1, flops: 0, bytes: 0 });
    expect(kernel.scratchBytes).toBe(192);
    const [actual, oracle] = runBoth(kernel, (memory) => {
      const values = new Float32Array(memory, place(0), 64);
      for (let index = 0; index < 64; index += 1) values[index] = index + 0.25;
    });
    expect(new Float32Array(actual, place(1), 8)).toEqual(new Float32Array(oracle, place(1), 8));
  });

  test("many locals, large constants and deep trees encode", () => {
    const builder = new KernelBuilder();
    const locals = Array.from({ length: 3000 }, (_, index) =>
      builder.variable(index % 2 === 0 ? int(index - 1500) : float(index)),
    );
    let sum: Value = int(0);
    for (const [index, local] of locals.entries()) {
      if (index % 2 === 0) sum = add(sum, multiply(local, int((index * 2654435761) | 0)));
      if (index % 500 === 0) sum = builder.let(sum);
    }
    builder.store("i32", builder.buffer(0), sum);
    builder.store("i32", builder.buffer(0), int(-(2 ** 31)), 4);
    builder.store("i32", builder.buffer(0), int(2 ** 31 - 1), 8);
    builder.store("i32", builder.buffer(0), int(-64), 12);
    builder.store("i32", builder.buffer(0), int(64), 16);
    const kernel = builder.finish({ name: "many", numBuffers: 1, numChunks: 1, flops: 0, bytes: 0 });
    const [actual, oracle] = runBoth(kernel, () => undefined);
    expect(new Int32Array(actual, place(0), 5)).toEqual(new Int32Array(oracle, place(0), 5));
  });

  test("more values alive than there are registers, across loops and branches", () => {
    const builder = new KernelBuilder();
    const buffer = builder.buffer(0);
    const floatsAlive = Array.from({ length: 44 }, (_, at) => builder.variable(load("vf32", "f32", buffer, at * 4)));
    const scalars = Array.from({ length: 20 }, (_, at) => builder.variable(load("f32", "f32", buffer, at * 4)));
    const words = Array.from({ length: 30 }, (_, at) =>
      builder.variable(load("i32", "i32", builder.buffer(2), at * 4)),
    );
    builder.loop(int(0), int(3), 1, (outer) => {
      builder.loop(outer, add(builder.chunk, int(4)), 1, (inner) => {
        floatsAlive.forEach((local, at) => {
          builder.set(local, fma(local, floatsAlive[(at + 7) % 44]!, splat(scalars[at % 20]!)));
          builder.set(local, binaryValue("minimum", local, splat(float(1000 - at))));
          builder.set(local, binaryValue("maximum", local, splat(float(at - 1000))));
        });
        words.forEach((local, at) => builder.set(local, add(multiply(local, int(at + 3)), words[(at + 11) % 30]!)));
        const divisor = binaryValue("or", words[5]!, int(1));
        builder.set(words[6]!, binaryValue("divide", words[7]!, divisor));
        builder.set(words[8]!, binaryValue("remainderUnsigned", add(words[9]!, inner), divisor));
      });
      builder.when(
        less(words[0]!, words[1]!),
        () =>
          scalars.forEach((local, at) => builder.set(local, conditional(less(local, scalars[3]!), float(at), local))),
        () =>
          scalars.forEach((local, at) => builder.set(local, selectValue(less(words[at]!, outer), local, float(at)))),
      );
    });
    const at = (index: number): Value =>
      elementAt(builder.buffer(4), "f32", multiply(builder.chunk, int(2000 + index)));
    floatsAlive.forEach((local, index) => builder.store("f32", at(0), local, index * lanes * 4));
    scalars.forEach((local, index) => builder.store("f32", at(0), local, (44 * lanes + index) * 4));
    words.forEach((local, index) => builder.store("i32", at(0), local, (44 * lanes + 20 + index) * 4));
    const kernel = builder.finish({ name: "pressure", numBuffers: 5, numChunks: 3, flops: 0, bytes: 0 });
    const [actual, oracle] = runBoth(kernel, fillInputs);
    const words32 = (memory: ArrayBuffer): Int32Array => canonical(new Int32Array(memory, place(4), 8000));
    expect(words32(actual)).toEqual(words32(oracle));
  });
}
