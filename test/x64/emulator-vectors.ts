// What the emulator's vector instructions do, lane by lane.
import { fusedMultiplyAdd } from "../kernels/arrays.ts";
import { decodeSmall, encodeSmall } from "../kernels/reference.ts";
import type { Emulator, Operand } from "./emulator.ts";

/** 32-bit patterns. */
export type Lanes = Uint32Array;

const view = new DataView(new ArrayBuffer(4));

function floatOf(bits: number): number {
  view.setUint32(0, bits);
  return view.getFloat32(0);
}

function bitsOf(value: number): number {
  view.setFloat32(0, value);
  return view.getUint32(0);
}

const floats: Record<string, (x: number, y: number) => number> = {
  vadd: (x, y) => x + y,
  vsub: (x, y) => x - y,
  vmul: (x, y) => x * y,
  vdiv: (x, y) => x / y,
  vmin: (x, y) => (x < y ? x : y),
  vmax: (x, y) => (x > y ? x : y),
};
const words: Record<string, (x: number, y: number) => number> = {
  vandps: (x, y) => x & y,
  vorps: (x, y) => x | y,
  vxorps: (x, y) => x ^ y,
  vpaddd: (x, y) => x + y,
  vpsubd: (x, y) => x - y,
  vpmulld: Math.imul,
  vpminsd: (x, y) => Math.min(x | 0, y | 0),
  vpmaxsd: (x, y) => Math.max(x | 0, y | 0),
  vpcmpeqd: (x, y) => (x === y ? -1 : 0),
  vpcmpgtd: (x, y) => ((x | 0) > (y | 0) ? -1 : 0),
};
const shifts: Record<string, (x: number, count: number) => number> = {
  vpslld: (x, count) => x << count,
  vpsrld: (x, count) => x >>> count,
  vpsrad: (x, count) => x >> count,
};
const rounding: Record<number, (x: number) => number> = {
  8: (x) =>
    (Math.abs(x) < 2 ** 23 ? Math.fround(Math.abs(x) + 2 ** 23) - 2 ** 23 : Math.abs(x)) *
    (x < 0 || Object.is(x, -0) ? -1 : 1),
  9: Math.floor,
  10: Math.ceil,
};
const comparisons: Record<string, (x: number, y: number) => boolean> = {
  eq: (x, y) => x === y,
  neq: (x, y) => x !== y,
  lt_oq: (x, y) => x < y,
  le_oq: (x, y) => x <= y,
  lt: (x, y) => x < y,
  le: (x, y) => x <= y,
  ge_oq: (x, y) => x >= y,
  ord: (x, y) => x === x && y === y,
};

/** The step of a vector instruction, if it is one. */
export function vectorOperations(
  name: string,
  operands: readonly Operand[],
  machine: Emulator,
): (() => void) | undefined {
  if (!/^[vk]/.test(name)) return undefined;
  return new Instruction(name, operands, machine).step();
}

class Instruction {
  readonly #name: string;
  readonly #operands: readonly Operand[];
  readonly #machine: Emulator;
  /** Lanes of the widest vector. */
  readonly #count: number;

  constructor(name: string, operands: readonly Operand[], machine: Emulator) {
    this.#name = name;
    this.#operands = operands;
    this.#machine = machine;
    this.#count = Math.max(1, ...operands.map((one) => (one.kind === "vector" ? one.lanes : 0)));
  }

  #lanes(position: number, count: number = this.#count): Lanes {
    return this.#machine.lanes(this.#operands[position]!, count).slice();
  }

  #immediate(position: number): number {
    const operand = this.#operands[position];
    if (operand?.kind !== "immediate") throw new Error(`${this.#name} needs an immediate.`);
    return operand.value & 255;
  }

  /** Writes lanes to a vector, 0 above them; to memory as they are. Masked-out lanes stay. */
  #write(values: Lanes, position = 0): void {
    const operand = this.#operands[position]!;
    if (operand.kind === "memory") {
      const address = operand.address();
      values.forEach((value, lane) => this.#machine.memory.setUint32(address + lane * 4, value, true));
      return;
    }
    if (operand.kind !== "vector") throw new Error(`${this.#name} writes no vector.`);
    const target = this.#machine.vectors.subarray(operand.number * 16, operand.number * 16 + 16);
    const mask = operand.mask === 0 ? 0xffff : this.#machine.masks[operand.mask]!;
    target.forEach((_, lane) => {
      if (((mask >> lane) & 1) === 1 || lane >= values.length) target[lane] = values[lane] ?? 0;
    });
  }

  #map(combine: (lane: number) => number, count: number = this.#count): void {
    this.#write(Uint32Array.from({ length: count }, (_, lane) => combine(lane)));
  }

  step(): () => void {
    const step =
      this.#arithmetic() ??
      this.#compare() ??
      this.#moves() ??
      this.#conversions() ??
      this.#shuffles() ??
      this.#masked();
    if (step === undefined) throw new Error(`The emulator has no ${this.#name}.`);
    return step;
  }

  #arithmetic(): (() => void) | undefined {
    const name = this.#name;
    const stem = name.slice(0, -2);
    const float = floats[stem];
    if (float !== undefined && name.endsWith("ps")) {
      return () => {
        const [x, y] = [this.#lanes(1), this.#lanes(2)];
        this.#map((lane) => bitsOf(float(floatOf(x[lane]!), floatOf(y[lane]!))));
      };
    }
    if (float !== undefined && name.endsWith("ss")) return this.#scalar((x, y) => float(x, y));
    const word = words[name];
    if (word !== undefined && this.#operands[0]?.kind !== "mask") {
      return () => {
        const [x, y] = [this.#lanes(1), this.#lanes(2)];
        this.#map((lane) => word(x[lane]!, y[lane]!));
      };
    }
    if (name.startsWith("vfmadd")) return this.#multiplyAdd();
    const shift = shifts[name];
    if (shift !== undefined) {
      return () => {
        const x = this.#lanes(1);
        const isConstant = this.#operands[2]!.kind === "immediate";
        const count = isConstant ? this.#immediate(2) : this.#lanes(2, 1)[0]!;
        this.#map((lane) => shift(x[lane]!, count));
      };
    }
    return this.#wide();
  }

  /** The first lane computed, the three behind it from the first source. */
  #scalar(combine: (x: number, y: number) => number): () => void {
    return () => {
      const [x, y] = [this.#lanes(1, 4), this.#lanes(2, 1)];
      this.#map((lane) => (lane === 0 ? bitsOf(combine(floatOf(x[0]!), floatOf(y[0]!))) : x[lane]!), 4);
    };
  }

  #multiplyAdd(): () => void {
    const is231 = this.#name.includes("231");
    const count = this.#name.endsWith("ss") ? 1 : this.#count;
    return () => {
      const [a, b, c] = [this.#lanes(0), this.#lanes(1, count), this.#lanes(2, count)];
      const combine = (lane: number): number => {
        const [x, y, z] = [floatOf(a[lane]!), floatOf(b[lane]!), floatOf(c[lane]!)];
        return bitsOf(is231 ? fusedMultiplyAdd(y, z, x) : fusedMultiplyAdd(y, x, z));
      };
      this.#map((lane) => (lane < count ? combine(lane) : a[lane]!));
    };
  }

  /** Operations on 64-bit lanes, and unary ones. */
  #wide(): (() => void) | undefined {
    const long = (lanes: Lanes, pair: number): bigint =>
      (BigInt(lanes[pair * 2 + 1]!) << 32n) | BigInt(lanes[pair * 2]!);
    const write = (value: (pair: number) => bigint): void =>
      this.#map((lane) => Number(BigInt.asUintN(32, value(lane >> 1) >> BigInt((lane & 1) * 32))));
    switch (this.#name) {
      case "vpmuludq":
        return () => {
          const [x, y] = [this.#lanes(1), this.#lanes(2)];
          write((pair) => BigInt(x[pair * 2]!) * BigInt(y[pair * 2]!));
        };
      case "vpsrlq":
        return () => {
          const x = this.#lanes(1);
          write((pair) => long(x, pair) >> BigInt(this.#immediate(2)));
        };
      case "vpabsd":
        return () => {
          const x = this.#lanes(1);
          this.#map((lane) => Math.abs(x[lane]! | 0));
        };
      case "vsqrtps":
        return () => {
          const x = this.#lanes(1);
          this.#map((lane) => bitsOf(Math.sqrt(floatOf(x[lane]!))));
        };
      case "vsqrtss":
        return this.#scalar((_, y) => Math.sqrt(y));
      default:
        return undefined;
    }
  }

  #compare(): (() => void) | undefined {
    if (this.#name === "vucomiss") {
      return () => {
        const [x, y] = [floatOf(this.#lanes(0, 1)[0]!), floatOf(this.#lanes(1, 1)[0]!)];
        const isUnordered = x !== x || y !== y;
        Object.assign(this.#machine.flags, {
          zero: isUnordered || x === y,
          carry: isUnordered || x < y,
          parity: isUnordered,
        });
      };
    }
    const match = /^v(cmp|pcmp)(\w+?)(ps|ss|d)$/.exec(this.#name);
    const compare = comparisons[match?.[2] ?? ""];
    const target = this.#operands[0]!;
    if (match === null || compare === undefined) return undefined;
    const count = match[3] === "ss" ? 1 : this.#count;
    const number = match[3] === "d" ? (bits: number) => bits | 0 : floatOf;
    return () => {
      const [x, y] = [this.#lanes(1), this.#lanes(2, count)];
      const holds = Array.from({ length: count }, (_, lane) => compare(number(x[lane]!), number(y[lane]!)));
      if (target.kind === "mask") {
        this.#machine.masks[target.number] = holds.reduce((sum, one, lane) => sum | (one ? 1 << lane : 0), 0);
      } else this.#map((lane) => (lane < count ? (holds[lane] ? -1 : 0) : x[lane]!));
    };
  }

  #moves(): (() => void) | undefined {
    const [target, source] = this.#operands as [Operand, Operand];
    switch (this.#name) {
      case "vmovups":
      case "vmovaps":
        return () => this.#write(this.#lanes(1));
      case "vmovss":
        return () => this.#write(this.#lanes(1, 1));
      case "vmovq":
        return () => this.#write(this.#lanes(1, 2));
      case "vmovd":
        if (target.kind !== "vector") return () => this.#machine.write(target, 32, BigInt(this.#lanes(1, 1)[0]!));
        return () => this.#write(Uint32Array.of(Number(this.#machine.read(source, 32))));
      case "vbroadcastss":
      case "vpbroadcastd":
        return () => {
          const value = source.kind === "general" ? Number(this.#machine.read(source, 32)) : this.#lanes(1, 1)[0]!;
          this.#map(() => value, target.kind === "vector" ? target.lanes : 1);
        };
      case "vzeroupper":
        return () =>
          this.#machine.vectors.forEach((_, at) => {
            if (at % 16 > 3 && at < 256) this.#machine.vectors[at] = 0;
          });
      case "kmovw":
        if (target.kind === "mask")
          return () => (this.#machine.masks[target.number] = Number(this.#machine.read(source, 16)));
        if (source.kind === "mask")
          return () => this.#machine.write(target, 32, BigInt(this.#machine.masks[source.number]!));
        return undefined;
      default:
        return undefined;
    }
  }

  #conversions(): (() => void) | undefined {
    const name = this.#name;
    const [target, source] = this.#operands as [Operand, Operand];
    if (/^vround|^vrndscale/.test(name)) {
      const round = rounding[this.#immediate(this.#operands.length - 1)]!;
      if (name.endsWith("ss")) return this.#scalar((_, y) => round(y));
      return () => {
        const x = this.#lanes(1);
        this.#map((lane) => bitsOf(round(floatOf(x[lane]!))));
      };
    }
    const small = (position: number, bytes: 1 | 2, count: number): number[] => {
      const operand = this.#operands[position]!;
      if (operand.kind === "memory") {
        const { memory } = this.#machine;
        const at = operand.address();
        return Array.from({ length: count }, (_, lane) =>
          bytes === 1 ? memory.getUint8(at + lane) : memory.getUint16(at + lane * 2, true),
        );
      }
      const packed = this.#lanes(position, 16);
      return Array.from(
        { length: count },
        (_, lane) =>
          (packed[Math.floor((lane * bytes) / 4)]! >>> (((lane * bytes) % 4) * 8)) & (bytes === 1 ? 255 : 65535),
      );
    };
    const count = this.#count;
    const writeSmall = (bytes: 1 | 2, value: (lane: number) => number, lanes: number): void => {
      if (target.kind === "memory") {
        const at = target.address();
        for (let lane = 0; lane < lanes; lane += 1) {
          if (bytes === 1) this.#machine.memory.setUint8(at + lane, value(lane) & 255);
          else this.#machine.memory.setUint16(at + lane * 2, value(lane) & 65535, true);
        }
        return;
      }
      const packed = new Uint32Array(Math.max(4, (lanes * bytes) / 4));
      for (let lane = 0; lane < lanes; lane += 1) {
        packed[Math.floor((lane * bytes) / 4)]! |=
          (value(lane) & (bytes === 1 ? 255 : 65535)) << (((lane * bytes) % 4) * 8);
      }
      this.#write(packed);
    };
    const sourceLanes = source?.kind === "vector" ? source.lanes : count;
    switch (name) {
      case "vcvtdq2ps":
        return () => {
          const x = this.#lanes(1);
          this.#map((lane) => bitsOf(x[lane]! | 0));
        };
      case "vcvttps2dq":
        return () => {
          const x = this.#lanes(1);
          this.#map((lane) => {
            const value = Math.trunc(floatOf(x[lane]!));
            return value >= -(2 ** 31) && value < 2 ** 31 ? value : 0x80000000;
          });
        };
      case "vcvtph2ps":
        return () => {
          const x = small(1, 2, count);
          this.#map((lane) => bitsOf(decodeSmall("f16", x[lane]!)));
        };
      case "vcvtps2ph":
        return () => {
          const x = this.#lanes(1, sourceLanes);
          writeSmall(2, (lane) => encodeSmall("f16", floatOf(x[lane]!)), sourceLanes);
        };
      case "vpmovzxbd":
      case "vpmovzxwd":
        return () => {
          const x = small(1, name === "vpmovzxbd" ? 1 : 2, count);
          this.#map((lane) => x[lane]!);
        };
      case "vpmovdb":
      case "vpmovdw":
        return () => {
          const x = this.#lanes(1, sourceLanes);
          writeSmall(name === "vpmovdb" ? 1 : 2, (lane) => x[lane]!, sourceLanes);
        };
      case "vpackusdw":
      case "vpackuswb":
        return () => {
          const bytes = name === "vpackusdw" ? 2 : 1;
          const signed = (position: number): number[] =>
            bytes === 2
              ? Array.from(this.#lanes(position, 4), (value) => value | 0)
              : small(position, 2, 8).map((value) => (value << 16) >> 16);
          const all = [...signed(1), ...signed(2)];
          writeSmall(bytes, (lane) => Math.max(0, Math.min(bytes === 2 ? 65535 : 255, all[lane]!)), all.length);
        };
      default:
        return undefined;
    }
  }

  #shuffles(): (() => void) | undefined {
    const last = this.#operands.length - 1;
    const inQuarter = (lane: number): number => lane - (lane % 4);
    const permute =
      (from: (lane: number, x: Lanes, y: Lanes) => number): (() => void) =>
      () => {
        const [x, y] = [this.#lanes(1), this.#operands[2]?.kind === "immediate" ? this.#lanes(1) : this.#lanes(2)];
        this.#map((lane) => from(lane, x, y));
      };
    const field = (lane: number): number => (this.#immediate(last) >> ((lane % 4) * 2)) & 3;
    switch (this.#name) {
      case "vunpcklps":
      case "vunpckhps": {
        const base = this.#name === "vunpcklps" ? 0 : 2;
        return permute((lane, x, y) => (lane % 2 === 0 ? x : y)[inQuarter(lane) + base + ((lane % 4) >> 1)]!);
      }
      case "vshufps":
        return permute((lane, x, y) => (lane % 4 < 2 ? x : y)[inQuarter(lane) + field(lane)]!);
      case "vpermilps":
        return permute((lane, x) => x[inQuarter(lane) + field(lane)]!);
      case "vpermps":
        return permute((lane, x, y) => y[x[lane]! % this.#count]!);
      case "vblendps":
        return permute((lane, x, y) => (((this.#immediate(3) >> lane) & 1) === 1 ? y : x)[lane]!);
      case "vpermt2ps":
        return () => {
          const [a, places, b] = [this.#lanes(0), this.#lanes(1), this.#lanes(2)];
          this.#map((lane) => [...a, ...b][places[lane]! % (this.#count * 2)]!);
        };
      case "vperm2f128":
        return permute((lane, x, y) => {
          const quarter = (this.#immediate(3) >> (lane < 4 ? 0 : 4)) & 3;
          return (quarter < 2 ? x : y)[(quarter & 1) * 4 + (lane % 4)]!;
        });
      case "vshuff32x4":
        return permute(
          (lane, x, y) =>
            (lane < 8 ? x : y)[((this.#immediate(3) >> (Math.floor(lane / 4) * 2)) & 3) * 4 + (lane % 4)]!,
        );
      case "vextractf128":
      case "vextractf32x4":
        return () => this.#write(this.#lanes(1).slice(this.#immediate(2) * 4, this.#immediate(2) * 4 + 4));
      case "vinsertf128":
      case "vinsertf32x4":
        return () => {
          const [x, y] = [this.#lanes(1), this.#lanes(2, 4)];
          this.#map((lane) => (Math.floor(lane / 4) === this.#immediate(3) ? y[lane % 4]! : x[lane]!));
        };
      default:
        return this.#oneLane();
    }
  }

  #oneLane(): (() => void) | undefined {
    const operand = this.#operands[2]!;
    switch (this.#name) {
      case "vinsertps":
      case "vpinsrd":
        return () => {
          const place = this.#name === "vinsertps" ? this.#immediate(3) >> 4 : this.#immediate(3);
          const value = operand.kind === "vector" ? this.#lanes(2, 1)[0]! : Number(this.#machine.read(operand, 32));
          const x = this.#lanes(1, 4);
          this.#map((lane) => (lane === place ? value : x[lane]!), 4);
        };
      case "vpextrd":
        return () => this.#machine.write(this.#operands[0]!, 32, BigInt(this.#lanes(1, 4)[this.#immediate(2)]!));
      default:
        return undefined;
    }
  }

  #masked(): (() => void) | undefined {
    const [target, source] = this.#operands as [Operand, Operand];
    switch (this.#name) {
      case "vblendvps":
        return () => {
          const [x, y, mask] = [this.#lanes(1), this.#lanes(2), this.#lanes(3)];
          this.#map((lane) => (mask[lane]! >>> 31 === 1 ? y : x)[lane]!);
        };
      case "vblendmps":
        return () => {
          if (target.kind !== "vector") throw new Error("A blend needs a vector.");
          const [x, y] = [this.#lanes(1), this.#lanes(2)];
          const mask = this.#machine.masks[target.mask]!;
          const values = x.map((value, lane) => (((mask >> lane) & 1) === 1 ? y[lane]! : value));
          const whole = this.#machine.vectors.subarray(target.number * 16, target.number * 16 + 16);
          whole.fill(0);
          whole.set(values);
        };
      case "vpmovm2d":
        if (source.kind !== "mask") return undefined;
        return () => this.#map((lane) => ((this.#machine.masks[source.number]! >> lane) & 1 ? -1 : 0));
      case "vpmovd2m":
        if (target.kind !== "mask") return undefined;
        return () => {
          const x = this.#lanes(1);
          this.#machine.masks[target.number] = x.reduce((sum, value, lane) => sum | ((value >>> 31) << lane), 0);
        };
      default:
        return undefined;
    }
  }
}
