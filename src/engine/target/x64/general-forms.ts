// The table of instructions on general registers: opcodes, operand layouts, which operands are read and written.
// Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.

/**
 * How operands go into the bytes. `rm`: register, register or memory. `mr`: the other way round. `m`: one register or
 * memory. `r`: a register in the opcode. `none`: no operands. `vex`: register, register or memory, register.
 */
export type GeneralLayout = "rm" | "mr" | "m" | "r" | "none" | "vex";

export interface GeneralForm {
  readonly layout: GeneralLayout;
  readonly opcode: readonly number[];
  /** For each operand: read, written, both. */
  readonly roles: string;
  readonly prefix?: number;
  /** Opcode extension in ModRM. */
  readonly digit?: number;
  /** Bytes of the immediate; `adaptive` is one where it fits, else four, by another opcode. */
  readonly immediate?: 1 | 4 | "adaptive";
  /** Operands of 8 bits: their registers need a REX prefix beyond the first four. */
  readonly isByte?: boolean;
  /** Always or never with 64-bit operands, whatever the instruction says. */
  readonly wide?: boolean;
  /** Physical registers read and written besides the operands. */
  readonly reads?: readonly number[];
  readonly writes?: readonly number[];
}

const rm = (opcode: readonly number[], roles: string, more: Partial<GeneralForm> = {}): GeneralForm => ({
  layout: "rm",
  opcode,
  roles,
  ...more,
});
const m = (opcode: readonly number[], digit: number, roles: string, more: Partial<GeneralForm> = {}): GeneralForm => ({
  layout: "m",
  opcode,
  digit,
  roles,
  ...more,
});
const immediate = (digit: number, roles = "x"): GeneralForm => m([0x81], digit, roles, { immediate: "adaptive" });
const shift = (digit: number): GeneralForm => m([0xc1], digit, "x", { immediate: 1 });
const shiftByRegister = (prefix: number): GeneralForm => ({ layout: "vex", opcode: [0xf7], prefix, roles: "wrr" });
const none = (opcode: readonly number[], more: Partial<GeneralForm> = {}): GeneralForm => ({
  layout: "none",
  opcode,
  roles: "",
  ...more,
});
const [rax, rdx] = [0, 2];

export const generalForms: Readonly<Record<string, GeneralForm>> = {
  mov: rm([0x8b], "wr"),
  store: { layout: "mr", opcode: [0x89], roles: "rr" },
  store16: { layout: "mr", opcode: [0x89], roles: "rr", prefix: 0x66, wide: false },
  store8: { layout: "mr", opcode: [0x88], roles: "rr", isByte: true },
  /** 32 bits, zero above; with 64 bits sign-extended. */
  movImmediate: m([0xc7], 0, "w", { immediate: 4 }),
  movzx8: rm([0x0f, 0xb6], "wr", { isByte: true }),
  movzx16: rm([0x0f, 0xb7], "wr"),
  movsxd: rm([0x63], "wr", { wide: true }),
  lea: rm([0x8d], "wr"),
  add: rm([0x03], "xr"),
  or: rm([0x0b], "xr"),
  and: rm([0x23], "xr"),
  sub: rm([0x2b], "xr"),
  xor: rm([0x33], "xr"),
  cmp: rm([0x3b], "rr"),
  imul: rm([0x0f, 0xaf], "xr"),
  imulImmediate: rm([0x69], "wr", { immediate: "adaptive" }),
  addImmediate: immediate(0),
  orImmediate: immediate(1),
  andImmediate: immediate(4),
  subImmediate: immediate(5),
  xorImmediate: immediate(6),
  cmpImmediate: immediate(7, "r"),
  test: { layout: "mr", opcode: [0x85], roles: "rr" },
  shl: shift(4),
  shr: shift(5),
  sar: shift(7),
  shlx: shiftByRegister(0x66),
  sarx: shiftByRegister(0xf3),
  shrx: shiftByRegister(0xf2),
  neg: m([0xf7], 3, "x"),
  not: m([0xf7], 2, "x"),
  mul: m([0xf7], 4, "r", { reads: [rax], writes: [rax, rdx] }),
  div: m([0xf7], 6, "r", { reads: [rax, rdx], writes: [rax, rdx] }),
  idiv: m([0xf7], 7, "r", { reads: [rax, rdx], writes: [rax, rdx] }),
  cdq: none([0x99], { reads: [rax], writes: [rdx] }),
  setcc: m([0x0f, 0x90], 0, "w", { isByte: true }),
  cmovcc: rm([0x0f, 0x40], "xr"),
  jcc: none([0x0f, 0x80]),
  jmp: none([0xe9]),
  call: none([0xe8]),
  jmpTo: m([0xff], 4, "r", { wide: false }),
  callTo: m([0xff], 2, "r", { wide: false }),
  push: { layout: "r", opcode: [0x50], roles: "r", wide: false },
  pop: { layout: "r", opcode: [0x58], roles: "w", wide: false },
  ret: none([0xc3]),
  pause: none([0x90], { prefix: 0xf3 }),
  prefetcht0: m([0x0f, 0x18], 1, "r", { wide: false }),
  prefetcht1: m([0x0f, 0x18], 2, "r", { wide: false }),
  /** Exchanges with memory, atomically. */
  xchg: { layout: "mr", opcode: [0x87], roles: "rx" },
  lockXadd: { layout: "mr", opcode: [0x0f, 0xc1], roles: "rx", prefix: 0xf0 },
};
