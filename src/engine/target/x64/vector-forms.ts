// The table of vector instructions: AVX, AVX2, FMA, F16C and their AVX-512 equivalents (F, BW, DQ, VL).
// Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.

/**
 * How operands go into the bytes. `rvm`: result, register, register or memory. `rm`: result, register or memory. `mr`:
 * memory or result, register. `vm`: result in VEX.vvvv, register or memory. `rvmr`: as `rvm`, and a register in the
 * immediate.
 */
export type VectorLayout = "rvm" | "rm" | "mr" | "vm" | "rvmr" | "none";

/** Bytes of the memory operand: all of the vector, a part of it, or a fixed number. */
export type MemoryTuple = "full" | "half" | "quarter" | 4 | 8 | 16 | 32;

export interface VectorForm {
  readonly layout: VectorLayout;
  readonly map: 1 | 2 | 3;
  /** 0, 0x66, 0xf3 or 0xf2. */
  readonly prefix: number;
  readonly opcode: number;
  readonly roles: string;
  readonly tuple: MemoryTuple;
  readonly hasVex: boolean;
  readonly hasEvex: boolean;
  readonly isWide: boolean;
  /** EVEX.W where it differs from VEX.W. */
  readonly isEvexWide?: boolean;
  readonly digit?: number;
  readonly hasImmediate: boolean;
  /** Banks of the operands that are not vectors, by position. */
  readonly banks?: Readonly<Record<number, "general" | "mask">>;
}

type Options = Partial<Omit<VectorForm, "layout" | "map" | "prefix" | "opcode">>;

function form(
  layout: VectorLayout,
  code: readonly [0 | 0x66 | 0xf3 | 0xf2, 1 | 2 | 3, number],
  more: Options = {},
): VectorForm {
  const [prefix, map, opcode] = code;
  const roles = { rvm: "wrr", rm: "wr", mr: "wr", vm: "wr", rvmr: "wrrr", none: "" }[layout];
  const usual = { tuple: "full", hasVex: true, hasEvex: true, isWide: false, hasImmediate: false } as const;
  return { ...usual, roles, layout, map, prefix, opcode, ...more };
}

const vexOnly = { hasEvex: false } as const;
const evexOnly = { hasVex: false } as const;
const withImmediate = { hasImmediate: true } as const;
const float = (opcode: number): VectorForm => form("rvm", [0, 1, opcode]);
const scalar = (opcode: number): VectorForm => form("rvm", [0xf3, 1, opcode], { tuple: 4 });
const integer = (opcode: number): VectorForm => form("rvm", [0x66, 1, opcode]);
const integer2 = (opcode: number): VectorForm => form("rvm", [0x66, 2, opcode]);
const multiplyAdd = (opcode: number, more: Options = {}): VectorForm =>
  form("rvm", [0x66, 2, opcode], { roles: "xrr", ...more });
const shiftBy = (opcode: number, digit: number, more: Options = {}): VectorForm =>
  form("vm", [0x66, 1, opcode], { digit, ...withImmediate, ...more });
const shiftByLow = (opcode: number): VectorForm => form("rvm", [0x66, 1, opcode], { tuple: 16 });
const toMask = { banks: { 0: "mask" }, ...evexOnly, ...withImmediate } as const;

export const vectorForms: Readonly<Record<string, VectorForm>> = {
  vmovups: form("rm", [0, 1, 0x10]),
  vmovaps: form("rm", [0, 1, 0x28]),
  vmovupsStore: form("mr", [0, 1, 0x11]),
  vmovss: form("rm", [0xf3, 1, 0x10], { tuple: 4 }), // from memory
  vmovssStore: form("mr", [0xf3, 1, 0x11], { tuple: 4 }), // to memory
  vmovd: form("rm", [0x66, 1, 0x6e], { tuple: 4, banks: { 1: "general" } }),
  vmovdTo: form("mr", [0x66, 1, 0x7e], { tuple: 4, banks: { 0: "general" } }),
  vmovq: form("rm", [0xf3, 1, 0x7e], { tuple: 8, isEvexWide: true }),
  vmovqStore: form("mr", [0x66, 1, 0xd6], { tuple: 8, isEvexWide: true }),
  vbroadcastss: form("rm", [0x66, 2, 0x18], { tuple: 4 }),
  vpbroadcastd: form("rm", [0x66, 2, 0x58], { tuple: 4 }),
  vpbroadcastdFrom: form("rm", [0x66, 2, 0x7c], { banks: { 1: "general" }, ...evexOnly }),

  vaddps: float(0x58),
  vmulps: float(0x59),
  vsubps: float(0x5c),
  vminps: float(0x5d),
  vdivps: float(0x5e),
  vmaxps: float(0x5f),
  vandps: float(0x54),
  vandnps: float(0x55),
  vorps: float(0x56),
  vxorps: float(0x57),
  vunpcklps: float(0x14),
  vunpckhps: float(0x15),
  vshufps: form("rvm", [0, 1, 0xc6], withImmediate),
  vsqrtps: form("rm", [0, 1, 0x51]),
  vaddss: scalar(0x58),
  vmulss: scalar(0x59),
  vsubss: scalar(0x5c),
  vminss: scalar(0x5d),
  vdivss: scalar(0x5e),
  vmaxss: scalar(0x5f),
  vsqrtss: scalar(0x51),
  vucomiss: form("rm", [0, 1, 0x2e], { tuple: 4, roles: "rr" }),

  vfmadd213ps: multiplyAdd(0xa8),
  vfmadd231ps: multiplyAdd(0xb8),
  vfmadd213ss: multiplyAdd(0xa9, { tuple: 4 }),
  vfmadd231ss: multiplyAdd(0xb9, { tuple: 4 }),

  vcmpps: form("rvm", [0, 1, 0xc2], { ...vexOnly, ...withImmediate }),
  vcmpss: form("rvm", [0xf3, 1, 0xc2], { tuple: 4, ...vexOnly, ...withImmediate }),
  vcmppsMask: form("rvm", [0, 1, 0xc2], toMask),
  vcmpssMask: form("rvm", [0xf3, 1, 0xc2], { tuple: 4, ...toMask }),
  vblendvps: form("rvmr", [0x66, 3, 0x4a], vexOnly),
  vblendps: form("rvm", [0x66, 3, 0x0c], { ...vexOnly, ...withImmediate }),
  vblendmps: form("rvm", [0x66, 2, 0x65], evexOnly),
  vroundps: form("rm", [0x66, 3, 0x08], { ...vexOnly, ...withImmediate }),
  vroundss: form("rvm", [0x66, 3, 0x0a], { tuple: 4, ...vexOnly, ...withImmediate }),
  vrndscaleps: form("rm", [0x66, 3, 0x08], { ...evexOnly, ...withImmediate }),
  vrndscaless: form("rvm", [0x66, 3, 0x0a], { tuple: 4, ...evexOnly, ...withImmediate }),

  vcvtdq2ps: form("rm", [0, 1, 0x5b]),
  vcvttps2dq: form("rm", [0xf3, 1, 0x5b]),
  vcvtph2ps: form("rm", [0x66, 2, 0x13], { tuple: "half" }),
  vcvtps2ph: form("mr", [0x66, 3, 0x1d], { tuple: "half", ...withImmediate }),
  vpmovzxbd: form("rm", [0x66, 2, 0x31], { tuple: "quarter" }),
  vpmovzxwd: form("rm", [0x66, 2, 0x33], { tuple: "half" }),
  vpmovdb: form("mr", [0xf3, 2, 0x31], { tuple: "quarter", ...evexOnly }),
  vpmovdw: form("mr", [0xf3, 2, 0x33], { tuple: "half", ...evexOnly }),
  vpackusdw: integer2(0x2b),
  vpackuswb: form("rvm", [0x66, 1, 0x67]),

  vpaddd: integer(0xfe),
  vpsubd: integer(0xfa),
  vpmulld: integer2(0x40),
  vpmuludq: form("rvm", [0x66, 1, 0xf4], { isEvexWide: true }),
  vpminsd: integer2(0x39),
  vpmaxsd: integer2(0x3d),
  vpabsd: form("rm", [0x66, 2, 0x1e]),
  vpcmpeqd: form("rvm", [0x66, 1, 0x76], vexOnly),
  vpcmpgtd: form("rvm", [0x66, 1, 0x66], vexOnly),
  vpcmpdMask: form("rvm", [0x66, 3, 0x1f], toMask),
  vpslldBy: shiftBy(0x72, 6),
  vpsrldBy: shiftBy(0x72, 2),
  vpsradBy: shiftBy(0x72, 4),
  vpsrlqBy: shiftBy(0x73, 2, { isEvexWide: true }),
  vpslld: shiftByLow(0xf2),
  vpsrld: shiftByLow(0xd2),
  vpsrad: shiftByLow(0xe2),

  vpermilps: form("rm", [0x66, 3, 0x04], withImmediate),
  vpshufd: form("rm", [0x66, 1, 0x70], withImmediate),
  vpermps: integer2(0x16),
  vpermt2ps: form("rvm", [0x66, 2, 0x7f], { roles: "xrr", ...evexOnly }),
  vperm2f128: form("rvm", [0x66, 3, 0x06], { ...vexOnly, ...withImmediate }),
  vshuff32x4: form("rvm", [0x66, 3, 0x23], { ...evexOnly, ...withImmediate }),
  vextractf128: form("mr", [0x66, 3, 0x19], { tuple: 16, ...vexOnly, ...withImmediate }),
  vinsertf128: form("rvm", [0x66, 3, 0x18], { tuple: 16, ...vexOnly, ...withImmediate }),
  vextractf32x4: form("mr", [0x66, 3, 0x19], { tuple: 16, ...evexOnly, ...withImmediate }),
  vinsertf32x4: form("rvm", [0x66, 3, 0x18], { tuple: 16, ...evexOnly, ...withImmediate }),
  vinsertps: form("rvm", [0x66, 3, 0x21], { tuple: 4, ...withImmediate }),
  vpinsrd: form("rvm", [0x66, 3, 0x22], { tuple: 4, banks: { 2: "general" }, ...withImmediate }),
  vpextrd: form("mr", [0x66, 3, 0x16], { tuple: 4, banks: { 0: "general" }, ...withImmediate }),

  vpmovm2d: form("rm", [0xf3, 2, 0x38], { banks: { 1: "mask" }, ...evexOnly }),
  vpmovd2m: form("rm", [0xf3, 2, 0x39], { banks: { 0: "mask" }, ...evexOnly }),
  kmovw: form("rm", [0, 1, 0x92], { banks: { 0: "mask", 1: "general" }, ...vexOnly }),
  kmovwTo: form("rm", [0, 1, 0x93], { banks: { 0: "general", 1: "mask" }, ...vexOnly }),
  vzeroupper: form("none", [0, 1, 0x77], vexOnly),
};
