// Every instruction form, over all classes of registers and addresses: iced-x86 reads from the bytes what was meant.
import { describe, expect, test } from "vitest";
import { Encoder } from "#engine/target/x64/encoder.ts";
import {
  general,
  memoryAt,
  vectorRegister,
  type Instruction,
  type Memory,
  type Operand,
} from "#engine/target/machine/instruction.ts";
import { maskRegister } from "#engine/target/x64/instruction.ts";
import { generalForms, type GeneralForm } from "#engine/target/x64/general-forms.ts";
import { vectorForms, type VectorForm } from "#engine/target/x64/vector-forms.ts";
import { memoryBytesOf } from "#engine/target/x64/encode-vector.ts";
import { disassemble, withoutSizes } from "./disassembler.ts";

const names64 = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split(" ");
const names32 = "eax ecx edx ebx esp ebp esi edi r8d r9d r10d r11d r12d r13d r14d r15d".split(" ");
const names16 = "ax cx dx bx sp bp si di r8w r9w r10w r11w r12w r13w r14w r15w".split(" ");
const names8 = "al cl dl bl spl bpl sil dil r8b r9b r10b r11b r12b r13b r14b r15b".split(" ");
const generalNames: Record<number, string[]> = { 8: names8, 16: names16, 32: names32, 64: names64 };
const vectorNames: Record<number, string> = { 128: "xmm", 256: "ymm", 512: "zmm" };

function hex(value: number): string {
  const digits = value.toString(16).toUpperCase();
  if (value < 10) return String(value);
  return `${/^[A-F]/.test(digits) ? "0" : ""}${digits}h`;
}

/** A memory operand as iced writes it. */
function memoryText({ base, index, scale, displacement }: Memory): string {
  const parts = [
    base === undefined ? [] : [names64[base.number]!],
    index === undefined ? [] : [`${names64[index.number]}*${scale}`],
  ].flat();
  const sum = parts.join("+").replace("*1", scale === 1 && base !== undefined ? "" : "*1");
  const offset =
    displacement === 0 && base !== undefined ? "" : `${displacement < 0 ? "-" : "+"}${hex(Math.abs(displacement))}`;
  return `[${sum}${offset}]`;
}

function assemble(instruction: Instruction): Uint8Array {
  const encoder = new Encoder();
  encoder.add(instruction);
  return encoder.finish();
}

/** Every instruction with what it must read as; one failure lists some. */
function expectTexts(pairs: readonly (readonly [Instruction, string])[]): void {
  const wrong: string[] = [];
  for (const [instruction, text] of pairs) {
    const lines = disassemble(assemble(instruction)).map(({ text: line }) => textOf(line));
    if (lines.length !== 1 || lines[0] !== text) wrong.push(`${lines.join(" | ")}, meant ${text}`);
  }
  expect(wrong.slice(0, 8)).toEqual([]);
  expect(pairs.length).toBeGreaterThan(0);
}

const xchgOperands = /^xchg (\w+),(\[.*)$/;

/** iced writes the register of an exchange first. */
function textOf(line: string): string {
  return withoutSizes(line).replace(xchgOperands, "xchg $2,$1");
}

const addresses: readonly Memory[] = [
  ...[0, 3, 4, 5, 8, 12, 13, 15].flatMap((base) =>
    [0, 8, -64, 127, 128, -128, -129, 4096, 100000].map((displacement) => memoryAt(general(base), displacement)),
  ),
  ...[0, 4, 5, 12, 13].flatMap((base) =>
    ([1, 2, 4, 8] as const).flatMap((scale) =>
      [0, 1, 5, 9, 12, 13, 15].flatMap((index) =>
        [0, 64, -4, 1000].map((displacement) =>
          memoryAt(general(base), displacement, { index: general(index), scale }),
        ),
      ),
    ),
  ),
];

const mnemonics: Record<string, string> = {
  store: "mov",
  store16: "mov",
  store8: "mov",
  movImmediate: "mov",
  movzx8: "movzx",
  movzx16: "movzx",
  jmpTo: "jmp",
  callTo: "call",
  lockXadd: "lock xadd",
  vmovupsStore: "vmovups",
  vmovssStore: "vmovss",
  vmovdTo: "vmovd",
  vmovqStore: "vmovq",
  vpbroadcastdFrom: "vpbroadcastd",
  vcmppsMask: "vcmpps",
  vcmpssMask: "vcmpss",
  vpcmpdMask: "vpcmpd",
  kmovwTo: "kmovw",
};

const mnemonicOf = (name: string): string => mnemonics[name] ?? name.replace(/(Immediate|By)$/, "");

/** iced names comparisons by their predicate. */
const predicates: Record<string, string> = { vcmpps: "vcmpeqps", vcmpss: "vcmpeqss", vpcmpd: "vpcmpeqd" };

describe("instructions, read back by iced-x86", () => {
  const generals = Object.entries(generalForms);
  test.each(generals.filter(([, form]) => form.layout !== "none"))("%s", (name, form) => {
    const widths = (form.wide === undefined || name === "store16") && form.isByte !== true ? [32, 64] : [64];
    const pairs = widths.flatMap((bits) => generalPairs(name, form, bits));
    expectTexts(pairs);
  });

  test("instructions without operands", () => {
    expectTexts(
      (["cdq", "ret", "pause", "syscall", "rdtsc", "cpuid", "xgetbv"] as const).map((name) => [
        { name, bits: 32, operands: [] },
        name,
      ]),
    );
  });

  test.each(Object.entries(vectorForms))("%s", (name, form) => {
    if (form.layout === "none") expectTexts([[{ name, bits: 128, operands: [] }, name]]);
    else expectTexts(lengthsOf(name, form).flatMap((bits) => vectorPairs(name, form, bits)));
  });

  test("masks, zeroing and broadcasts", () => {
    const registers = [vectorRegister(1), vectorRegister(17), vectorRegister(31)];
    expectTexts([
      [{ name: "vaddps", bits: 512, operands: registers, mask: maskRegister(3) }, "vaddps zmm1{k3},zmm17,zmm31"],
      [
        { name: "vaddps", bits: 256, operands: registers, mask: maskRegister(7), isZeroing: true },
        "vaddps ymm1{k7}{z},ymm17,ymm31",
      ],
      ...addresses.map((address): readonly [Instruction, string] => [
        { name: "vfmadd231ps", bits: 512, operands: [...registers.slice(0, 2), { ...address, isBroadcast: true }] },
        `vfmadd231ps zmm1,zmm17,${memoryText(address)}{1to16}`,
      ]),
    ]);
  });

  test("conditions, jumps, calls, constants behind the code", () => {
    const encoder = new Encoder();
    for (const condition of [2, 4, 12, 15]) {
      encoder.add({ name: "setcc", bits: 32, operands: [general(6)], condition });
      encoder.add({ name: "cmovcc", bits: 32, operands: [general(9), general(1)], condition });
      encoder.add({ name: "jcc", bits: 32, operands: [], condition, label: 1 });
    }
    encoder.add({ name: "jmp", bits: 32, operands: [], label: 0 });
    encoder.label(1);
    encoder.add({ name: "call", bits: 32, operands: [], label: 0 });
    const constant = memoryAt(undefined, 4, { label: 0 });
    encoder.add({ name: "vaddps", bits: 256, operands: [vectorRegister(1), vectorRegister(2), constant] });
    encoder.add({ name: "cmpImmediate", bits: 32, operands: [constant], immediate: 1000 });
    encoder.add({
      name: "vshufps",
      bits: 256,
      operands: [vectorRegister(1), vectorRegister(2), constant],
      immediate: 3,
    });
    encoder.label(0);
    encoder.writer.integer(0);
    const code = encoder.finish();
    const lines = disassemble(code.slice(0, encoder.offsetOf(0))).map(({ text }) => withoutSizes(text));
    const end = hexAddress(encoder.offsetOf(0));
    const constantAt = hexAddress(encoder.offsetOf(0) + 4).replace(/^0+(?=[0-9A-F]*h)/, "");
    expect(lines.slice(0, 3)).toEqual(["setb sil", "cmovb r9d,ecx", `jb ${hexAddress(encoder.offsetOf(1))}`]);
    expect(lines.slice(12)).toEqual([
      `jmp ${end}`,
      `call ${end}`,
      `vaddps ymm1,ymm2,[${constantAt}]`,
      `cmp [${constantAt}],3E8h`,
      `vshufps ymm1,ymm2,[${constantAt}],3`,
    ]);
  });
});

function hexAddress(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(16, "0")}h`.replace(/^0{16}h$/, "0h");
}

function generalPairs(name: string, form: GeneralForm, bits: number): (readonly [Instruction, string])[] {
  const mnemonic = mnemonicOf(name);
  const immediates =
    form.immediate === undefined
      ? [undefined]
      : form.immediate === 1
        ? [7]
        : form.immediate === 4
          ? [123456, 5]
          : [5, 100, 1000];
  const width = (position: number): number => {
    if (name === "store16" && position === 1) return 16;
    if (name === "movzx8" && position === 1) return 8;
    if (name === "movzx16" && position === 1) return 16;
    if (name === "movsxd") return position === 1 ? 32 : 64;
    return form.isByte === true && name !== "movzx8" ? 8 : bits;
  };
  const needsMemory = [
    "lea",
    "store",
    "store16",
    "store8",
    "prefetcht0",
    "prefetcht1",
    "xchg",
    "lockXadd",
    "ldmxcsr",
    "stmxcsr",
  ].includes(name);
  const numbers = [0, 1, 3, 5, 6, 7, 8, 12, 13, 15];
  const registers = numbers.map(general);
  const places: Operand[] =
    form.layout === "r"
      ? registers
      : [
          ...(needsMemory ? [] : registers),
          ...addresses.slice(0, name === "setcc" || form.layout === "vex" ? 40 : undefined),
        ];
  return places.flatMap((place, at) =>
    immediates.map((immediate): readonly [Instruction, string] => {
      const other = general(numbers[at % numbers.length]!);
      const third = general(numbers[(at * 3 + 1) % numbers.length]!);
      const operands = {
        rm: [other, place],
        mr: [place, other],
        m: [place],
        r: [place],
        vex: [other, place, third],
        none: [],
      }[form.layout];
      const texts = operands.map((operand, position) =>
        operand.kind === "memory" ? memoryText(operand) : generalNames[width(position)]![operand.number]!,
      );
      if (immediate !== undefined) texts.push(hex(immediate));
      // A register times a constant into itself is written with two operands.
      if (name === "imulImmediate" && texts[0] === texts[1]) texts.shift();
      const instruction: Instruction = {
        name,
        bits,
        operands,
        ...(immediate === undefined ? {} : { immediate }),
        ...(name.endsWith("cc") ? { condition: 4 } : {}),
      };
      return [instruction, `${mnemonic.replace("cc", "e")} ${texts.join(",")}`];
    }),
  );
}

/** The vector lengths that a form has. */
function lengthsOf(name: string, form: VectorForm): number[] {
  if (name.endsWith("128")) return [256];
  if (name === "vpermps" || name.endsWith("x4")) return [256, 512];
  if (/ss(Mask|Store)?$/.test(name) && name !== "vbroadcastss") return [128];
  if (/^(vmov[dq]|vinsertps|vpinsrd|vpextrd|kmov)/.test(name)) return [128];
  return form.hasEvex ? [128, 256, 512] : [128, 256];
}

function vectorPairs(name: string, form: VectorForm, bits: number): (readonly [Instruction, string])[] {
  const pairs: (readonly [Instruction, string])[] = [];
  const numbers = form.hasEvex ? [0, 7, 8, 15, 16, 23, 24, 31] : [0, 7, 8, 15];
  const onlyMemory = ["vmovss", "vmovssStore"].includes(name);
  const takesMemory =
    !/^(kmov|vpmovm2d|vpmovd2m|vpbroadcastdFrom)/.test(name) && (form.layout !== "vm" || form.hasEvex);
  const isVm = form.layout === "vm";
  const rmPosition = { rvm: 2, rvmr: 2, rm: 1, mr: 0, vm: 1, none: 0 }[form.layout];
  const numOperands = form.roles.length;
  const units = memoryBytesOf(bits, form, addresses[0]!);
  const spread =
    takesMemory && !isVm
      ? [...addresses, ...[-128, -1, 1, 127, 128, -129].map((count) => memoryAt(general(9), count * units))]
      : [];
  const places: (Operand | undefined)[] = [...(onlyMemory ? [] : numbers.map(() => undefined)), ...spread];
  for (const [at, place] of places.entries()) {
    const operands = Array.from({ length: numOperands }, (_, position): Operand => {
      if (position === rmPosition && place !== undefined) return place;
      const number = numbers[(at * (position + 1) + position) % numbers.length]!;
      if (form.banks?.[position] === "general") return general(number % 16);
      if (form.banks?.[position] === "mask") return maskRegister((number % 7) + 1);
      return vectorRegister(form.layout === "rvmr" && position === 3 ? number % 16 : number);
    });
    // Without EVEX's registers, the short prefix is chosen; with memory and low registers too.
    const instruction: Instruction = { name, bits, operands, ...(form.hasImmediate ? { immediate: 0 } : {}) };
    const texts = operands.map((operand, position) => operandText({ name, form, bits, position }, operand));
    const mnemonic = mnemonicOf(name);
    if (form.hasImmediate && predicates[mnemonic] === undefined) texts.push("0");
    pairs.push([instruction, `${predicates[mnemonic] ?? mnemonic} ${texts.join(",")}`]);
  }
  return pairs;
}

function operandText(
  { name, form, bits, position }: { name: string; form: VectorForm; bits: number; position: number },
  operand: Operand,
): string {
  if (operand.kind === "memory") return memoryText(operand);
  if (operand.bank === "general") return names32[operand.number]!;
  if (operand.bank === "mask") return `k${operand.number}`;
  const isPart = (form.layout === "mr" ? 0 : form.roles.length - 1) === position && form.layout !== "rvmr";
  let width = bits;
  if (isPart && typeof form.tuple === "number" && form.banks === undefined) width = 128;
  if (isPart && form.tuple === "half") width = Math.max(128, bits / 2);
  if (isPart && form.tuple === "quarter") width = 128;
  if (name === "vshuff32x4") width = bits;
  return `${vectorNames[width]}${operand.number}`;
}
