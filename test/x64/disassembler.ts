// iced-x86 as the judge of encoded bytes; it is looked for at run time, so that its absence skips what needs it.
import { createRequire } from "node:module";

interface Decoded {
  readonly code: number;
  readonly length: number;
  free(): void;
}

interface Iced {
  readonly Decoder: new (
    bitness: number,
    bytes: Uint8Array,
    options: number,
  ) => { canDecode: boolean; decode(): Decoded };
  readonly Formatter: new (syntax: number) => {
    format(instruction: Decoded): string;
    spaceAfterOperandSeparator: boolean;
  };
}

/** Text of machine code in Intel's syntax, an instruction a line. */
export type Disassemble = (code: Uint8Array) => string[];

/** The disassembler, where iced-x86 is installed (also from the folder that SINTER_X64_DEV names). */
export function findDisassembler(): Disassemble | undefined {
  const iced = findPackage("iced-x86") as Iced | undefined;
  if (iced === undefined) return undefined;
  const formatter = new iced.Formatter(1);
  return (code) => {
    const decoder = new iced.Decoder(64, code, 0);
    const lines: string[] = [];
    while (decoder.canDecode) {
      const instruction = decoder.decode();
      lines.push(formatter.format(instruction));
      instruction.free();
    }
    return lines;
  };
}

/** A package that is no dependency, if it can be found. */
export function findPackage(name: string): unknown {
  for (const from of [import.meta.url, "/tmp/w/x64-dev/index.js"]) {
    try {
      return createRequire(from)(name);
    } catch {
      // Looked for elsewhere, or reported by the caller.
    }
  }
  return undefined;
}
