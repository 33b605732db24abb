// Every instruction of the tables over its classes of registers and immediates, with what a disassembler must read.
import { forms, type Form } from "#engine/target/arm64/forms.ts";
import {
  general,
  memoryAt,
  vectorRegister,
  type Instruction,
  type Memory,
} from "#engine/target/machine/instruction.ts";

export interface Sample {
  readonly instruction: Instruction;
  /** In the syntax of GNU's objdump. */
  readonly text: string;
}

type Text = (instruction: Instruction) => string;

const conditions = "eq ne cs cc mi pl vs vc hi ls ge lt gt le".split(" ");
const hex = (value: number): string => `0x${value.toString(16)}`;

/** A general register by its width; 31 is 0. */
function r(number: number, bits: number): string {
  return `${bits === 64 ? "x" : "w"}${number === 31 ? "zr" : number}`;
}

const numbers = ({ operands }: Instruction): number[] =>
  operands.map((operand) => (operand.kind === "register" ? operand.number : -1));
const scalarNames: Record<number, string> = { 8: "b", 16: "h", 32: "s", 64: "d", 128: "q" };

const onGeneral =
  (name: string): Text =>
  (one) =>
    `${name} ${numbers(one)
      .map((number) => r(number, one.bits))
      .join(", ")}`;
/** One lane or four. */
const onFloats =
  (name: string): Text =>
  (one) =>
    `${name} ${numbers(one)
      .map((number) => (one.bits === 32 ? `s${number}` : `v${number}.4s`))
      .join(", ")}`;
const onVectors =
  (name: string, ...shapes: string[]): Text =>
  (one) =>
    `${name} ${numbers(one)
      .map((number, index) => `v${number}.${shapes[index] ?? shapes.at(-1) ?? "4s"}`)
      .join(", ")}`;
const withImmediate =
  (text: Text, write: (value: number) => string = hex): Text =>
  (one) =>
    `${text(one)}, #${write(one.immediate ?? 0)}`;
const withCondition =
  (text: Text, isOpposite = false): Text =>
  (one) =>
    `${text(one)}, ${conditions[(one.condition ?? 0) ^ (isOpposite ? 1 : 0)]}`;
const decimal = (value: number): string => String(value);

function memoryText({ base, displacement }: Memory): string {
  const name = base?.number === 31 ? "sp" : `x${base?.number}`;
  return displacement === 0 ? `[${name}]` : `[${name}, #${displacement}]`;
}

/** Loads and stores: the register, then memory; names differ where a distance is odd or negative. */
function access(isLoad: boolean, isVector: boolean): Text {
  return ({ operands, bits }) => {
    const register = operands.find((operand) => operand.kind === "register")!;
    const memory = operands.find((operand) => operand.kind === "memory")!;
    const isScaled = memory.displacement >= 0 && memory.displacement % (bits / 8) === 0;
    const suffix = isVector ? "" : ({ 8: "b", 16: "h" }[bits] ?? "");
    const name = `${isLoad ? "ld" : "st"}${isScaled ? "r" : "ur"}${suffix}`;
    const text = isVector ? `${scalarNames[bits]}${register.number}` : r(register.number, bits);
    return `${name} ${text}, ${memoryText(memory)}`;
  };
}

const texts: Record<string, Text> = {
  mov: onGeneral("mov"),
  add: onGeneral("add"),
  sub: onGeneral("sub"),
  addWide: (one) => {
    const [d = 0, n = 0, m = 0] = numbers(one);
    const shift = one.immediate === 0 ? "" : ` #${one.immediate}`;
    return `add ${d === 31 ? "sp" : `x${d}`}, ${n === 31 ? "sp" : `x${n}`}, ${r(m, 32)}, sxtw${shift}`;
  },
  mul: onGeneral("mul"),
  msub: onGeneral("msub"),
  umull: (one) => {
    const [d = 0, ...rest] = numbers(one);
    return `umull ${[r(d, 64), ...rest.map((number) => r(number, 32))].join(", ")}`;
  },
  udiv: onGeneral("udiv"),
  sdiv: onGeneral("sdiv"),
  lslv: onGeneral("lsl"),
  lsrv: onGeneral("lsr"),
  asrv: onGeneral("asr"),
  and: onGeneral("and"),
  orr: onGeneral("orr"),
  eor: onGeneral("eor"),
  neg: onGeneral("neg"),
  sxtw: (one) => `sxtw ${r(numbers(one)[0]!, 64)}, ${r(numbers(one)[1]!, 32)}`,
  cmp: onGeneral("cmp"),
  csel: withCondition(onGeneral("csel")),
  csneg: withCondition(onGeneral("csneg")),
  cset: withCondition(onGeneral("cset"), true),
  csetMask: withCondition(onGeneral("csetm"), true),
  ldr: access(true, false),
  str: access(false, false),
  addImmediate: withImmediate(onGeneral("add")),
  subImmediate: withImmediate(onGeneral("sub")),
  cmpImmediate: withImmediate(onGeneral("cmp")),
  cmnImmediate: withImmediate(onGeneral("cmn")),
  andImmediate: withImmediate(onGeneral("and")),
  orrImmediate: withImmediate(onGeneral("orr")),
  eorImmediate: withImmediate(onGeneral("eor")),
  lslImmediate: withImmediate(onGeneral("lsl"), decimal),
  lsrImmediate: withImmediate(onGeneral("lsr"), decimal),
  asrImmediate: withImmediate(onGeneral("asr"), decimal),
  fmadd: onFloats("fmadd"),
  fmla: onFloats("fmla"),
  fmlaLane: (one) => `${onFloats("fmla")(one).slice(0, -3)}.s[${one.immediate}]`,
  fmulLane: (one) => `${onFloats("fmul")(one).slice(0, -3)}.s[${one.immediate}]`,
  fcsel: withCondition(onFloats("fcsel")),
  fcvtzsTo: (one) => `fcvtzs ${r(numbers(one)[0]!, 32)}, s${numbers(one)[1]}`,
  scvtfFrom: (one) => `scvtf s${numbers(one)[0]}, ${r(numbers(one)[1]!, 32)}`,
  fmovTo: (one) => `fmov ${r(numbers(one)[0]!, 32)}, s${numbers(one)[1]}`,
  fmovFrom: (one) => `fmov s${numbers(one)[0]}, ${r(numbers(one)[1]!, 32)}`,
  halfToSingle: (one) =>
    one.bits === 32 ? `fcvt s${numbers(one)[0]}, h${numbers(one)[1]}` : onVectors("fcvtl", "4s", "4h")(one),
  singleToHalf: (one) =>
    one.bits === 32 ? `fcvt h${numbers(one)[0]}, s${numbers(one)[1]}` : onVectors("fcvtn", "4h", "4s")(one),
  vmov: onVectors("mov", "16b"),
  vzero: (one) => `movi v${numbers(one)[0]}.2d, #0x0`,
  vldr: access(true, true),
  vstr: access(false, true),
  vadd: onVectors("add"),
  vsub: onVectors("sub"),
  vmul: onVectors("mul"),
  smin: onVectors("smin"),
  smax: onVectors("smax"),
  vabs: onVectors("abs"),
  vneg: onVectors("neg"),
  vand: onVectors("and", "16b"),
  vorr: onVectors("orr", "16b"),
  veor: onVectors("eor", "16b"),
  vnot: onVectors("mvn", "16b"),
  bsl: onVectors("bsl", "16b"),
  cmeq: onVectors("cmeq"),
  cmgt: onVectors("cmgt"),
  cmge: onVectors("cmge"),
  sshl: onVectors("sshl"),
  ushl: onVectors("ushl"),
  shl: withImmediate(onVectors("shl"), decimal),
  sshr: withImmediate(onVectors("sshr"), decimal),
  ushr: withImmediate(onVectors("ushr"), decimal),
  umullLower: onVectors("umull", "2d", "2s"),
  umullUpper: onVectors("umull2", "2d", "4s"),
  dupLane: (one) => {
    const [d, n] = numbers(one);
    return `${one.bits === 32 ? `mov s${d}` : `dup v${d}.4s`}, v${n}.s[${one.immediate}]`;
  },
  dupFrom: (one) => `dup v${numbers(one)[0]}.4s, ${r(numbers(one)[1]!, 32)}`,
  umov: (one) => `mov ${r(numbers(one)[0]!, 32)}, v${numbers(one)[1]}.s[${one.immediate}]`,
  insLane: (one) => {
    const [d, n] = numbers(one);
    const lanes = one.immediate ?? 0;
    return `mov v${d}.s[${lanes >> 2}], v${n}.s[${lanes & 3}]`;
  },
  insFrom: (one) => `mov v${numbers(one)[0]}.s[${one.immediate}], ${r(numbers(one)[1]!, 32)}`,
  zip1Pairs: onVectors("zip1", "2d"),
  zip2Pairs: onVectors("zip2", "2d"),
  ext: withImmediate(onVectors("ext", "16b"), decimal),
  bytesToHalves: onVectors("uxtl", "8h", "8b"),
  halvesToWords: onVectors("uxtl", "4s", "4h"),
  halvesToUpper: (one) => `${onVectors("shll", "4s", "4h")(one)}, #16`,
  wordsToHalves: onVectors("xtn", "4h", "4s"),
  halvesToBytes: onVectors("xtn", "8b", "8h"),
  b: () => "b 0x0",
  bl: () => "bl 0x0",
  bcc: (one) => `b.${conditions[one.condition ?? 0]} 0x0`,
  cbz: (one) => `${onGeneral("cbz")(one)}, 0x0`,
  cbnz: (one) => `${onGeneral("cbnz")(one)}, 0x0`,
  blr: onGeneral("blr"),
  ret: () => "ret",
  ldaxr: (one) => `ldaxr ${r(numbers(one)[0]!, 32)}, [x${numbers(one)[1]}]`,
  stlxr: (one) => `stlxr ${r(numbers(one)[0]!, 32)}, ${r(numbers(one)[1]!, 32)}, [x${numbers(one)[2]}]`,
  ldar: (one) => `ldar ${r(numbers(one)[0]!, 32)}, [x${numbers(one)[1]}]`,
  dmb: () => "dmb ish",
  yield: () => "yield",
  svc: () => "svc #0x0",
  readFloatMode: (one) => `mrs x${numbers(one)[0]}, fpcr`,
  writeFloatMode: (one) => `msr fpcr, x${numbers(one)[0]}`,
  readClock: (one) => `mrs x${numbers(one)[0]}, cntvct_el0`,
};
for (const name of ["fadd", "fsub", "fmul", "fdiv", "fmax", "fmin", "fneg", "fabs", "fsqrt"])
  texts[name] = onFloats(name);
for (const name of ["frintn", "frintm", "frintp", "fcmp", "fcmeq", "fcmge", "fcmgt", "fcvtzs", "scvtf"]) {
  texts[name] = onFloats(name);
}
for (const name of ["zip1", "zip2", "uzp1", "uzp2", "trn1", "trn2"]) texts[name] = onVectors(name);

/** Which operands are general registers, where a name alone does not tell. */
const mixed: Readonly<Record<string, string>> = {
  fcvtzsTo: "gv",
  fmovTo: "gv",
  umov: "gv",
  scvtfFrom: "vg",
  fmovFrom: "vg",
  dupFrom: "vg",
  insFrom: "vg",
};

const immediates: Readonly<Record<string, (bits: number) => readonly number[]>> = {
  addWide: () => [0, 2, 4],
  addImmediate: () => [0, 1, 4095],
  subImmediate: () => [1, 4095],
  cmpImmediate: () => [0, 7, 4095],
  cmnImmediate: () => [1],
  andImmediate: () => [1, 31, 255, 0x0f0f0f0f, 0x80000001, 0x3ffc, 0xfffffff8, 0x55555555],
  orrImmediate: () => [1, 0x7fffffff, 0xff00ff00],
  eorImmediate: () => [1, 0xe0e0e0e0, 0x33333333],
  lslImmediate: (bits) => [1, 16, bits - 1],
  lsrImmediate: (bits) => [1, 16, bits - 1],
  asrImmediate: (bits) => [1, bits - 1],
  shl: () => [0, 13, 31],
  sshr: () => [1, 31],
  ushr: () => [1, 16],
  insLane: () => [0, 6, 9, 15],
  ext: () => [4, 8, 12],
};
const lanes = (): readonly number[] => [0, 1, 2, 3];
for (const name of ["fmlaLane", "fmulLane", "dupLane", "umov", "insFrom"]) Object.assign(immediates, { [name]: lanes });

/** Samples of all instructions but `constant`, which is several. */
export function samples(): Sample[] {
  const list = Object.entries(forms).filter(([name]) => name !== "constant");
  return list.flatMap(([name, form]) => Object.keys(form.word).flatMap((bits) => samplesOf(name, form, Number(bits))));
}

function samplesOf(name: string, form: Form, bits: number): Sample[] {
  const text = texts[name];
  if (text === undefined) throw new Error(`No text of ${name}.`);
  const isVector = (index: number): boolean => {
    const banks = mixed[name];
    return banks === undefined
      ? /^(f|v|s?u?shl$|s?ushr|sshr|zip|uzp|trn|ext|smin|smax|scvtf|cm[eg]|bsl|umull[LU]|dup|ins|half|single|bytes|words)/.test(
          name,
        )
      : banks[index] === "v";
  };
  const registers = [
    [1, 2, 3, 4],
    [30, 29, 28, 27],
    [0, 15, 16, 9],
  ];
  const distances = form.fields.includes(".") ? [0, bits / 8, (bits / 8) * 4095, -8, 7 + bits / 8] : [0];
  const values = immediates[name]?.(bits) ?? [undefined];
  const codes = form.conditionAt === undefined ? [undefined] : [0, 3, 11];
  return registers.flatMap((row) =>
    values.flatMap((immediate) =>
      codes.flatMap((condition) =>
        distances.map((displacement): Sample => {
          const operands = form.fields.split("").map((field, index) => {
            const number = row[index]!;
            if (field === ".") return memoryAt(general(number), displacement);
            return isVector(index) ? vectorRegister(number) : general(number);
          });
          const label = form.distance === undefined ? undefined : 1;
          const instruction = {
            name,
            bits,
            operands,
            ...(immediate !== undefined && { immediate }),
            ...(condition !== undefined && { condition }),
            ...(label !== undefined && { label }),
          };
          return { instruction, text: text(instruction) };
        }),
      ),
    ),
  );
}

const [x1, x2] = [general(1), general(2)];
const sp = general(31);

/** Instructions that become several words. */
export const multiples: readonly (Instruction & { readonly texts: readonly string[] })[] = [
  { name: "constant", bits: 32, operands: [x1], immediate: 0, texts: ["mov w1, #0x0"] },
  { name: "constant", bits: 32, operands: [x1], immediate: -1, texts: ["mov w1, #0xffffffff"] },
  { name: "constant", bits: 32, operands: [x1], immediate: -65536, texts: ["movn w1, #0xffff"] },
  {
    name: "constant",
    bits: 32,
    operands: [x1],
    immediate: 0x12345678,
    texts: ["mov w1, #0x5678", "movk w1, #0x1234, lsl #16"],
  },
  {
    name: "constant",
    bits: 64,
    operands: [x1],
    immediate: -70000,
    texts: ["mov x1, #0xfffffffffffeffff", "movk x1, #0xee90"],
  },
  { name: "constant", bits: 64, operands: [x1], immediate: 0x40000, texts: ["mov x1, #0x40000"] },
  {
    name: "addImmediate",
    bits: 64,
    operands: [sp, sp],
    immediate: 4112,
    texts: ["add sp, sp, #0x1, lsl #12", "add sp, sp, #0x10"],
  },
  {
    name: "subImmediate",
    bits: 64,
    operands: [sp, sp],
    immediate: 2 ** 24,
    texts: ["mov x16, #0x1000000", "sub sp, sp, x16"],
  },
  { name: "addImmediate", bits: 32, operands: [x1, x2], immediate: -5, texts: ["sub w1, w2, #0x5"] },
  { name: "cmpImmediate", bits: 32, operands: [x1], immediate: -5, texts: ["cmn w1, #0x5"] },
  { name: "cmpImmediate", bits: 32, operands: [x1], immediate: 4097, texts: ["mov w16, #0x1001", "cmp w1, w16"] },
  {
    name: "cmpImmediate",
    bits: 32,
    operands: [x1],
    immediate: -(2 ** 31),
    texts: ["mov w16, #0x80000000", "cmp w1, w16"],
  },
  { name: "andImmediate", bits: 32, operands: [x1, x2], immediate: 5, texts: ["mov w16, #0x5", "and w1, w2, w16"] },
  { name: "ldr", bits: 32, operands: [x1, memoryAt(x2, 65536)], texts: ["mov x16, #0x10000", "ldr w1, [x2, x16]"] },
  {
    name: "vstr",
    bits: 128,
    operands: [memoryAt(sp, -4096), vectorRegister(9)],
    texts: ["mov x16, #0xfffffffffffff000", "str q9, [sp, x16]"],
  },
];
