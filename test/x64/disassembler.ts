// iced-x86 as the judge of encoded bytes; it is looked for at run time, so that its absence skips what needs it.
import { createRequire } from "node:module";

interface Decoded {
  readonly nextIP: bigint;
  free(): void;
}

interface Iced {
  readonly Decoder: new (
    bitness: number,
    bytes: Uint8Array,
    options: number,
  ) => { readonly canDecode: boolean; ip: bigint; decode(): Decoded };
  readonly Formatter: new (syntax: number) => { format(instruction: Decoded): string };
}

/** An instruction as text, and where the next one begins. */
export interface Line {
  readonly text: string;
  readonly next: number;
}

/** Machine code that begins at an address, in Intel's syntax. */
export type Disassemble = (code: Uint8Array, address?: number) => Line[];

const intelSyntax = 1;

/** The disassembler, where iced-x86 is installed. */
export function findDisassembler(): Disassemble | undefined {
  const iced = findPackage("iced-x86") as Iced | undefined;
  if (iced === undefined) return undefined;
  const formatter = new iced.Formatter(intelSyntax);
  return (code, address = 0) => {
    const decoder = new iced.Decoder(64, code, 0);
    decoder.ip = BigInt(address);
    const lines: Line[] = [];
    while (decoder.canDecode) {
      const instruction = decoder.decode();
      lines.push({ text: formatter.format(instruction), next: Number(instruction.nextIP) });
      instruction.free();
    }
    return lines;
  };
}

/** A line without the sizes of memory operands, which the mnemonic or a register says. */
export function withoutSizes(line: string): string {
  return line.replace(/\b((byte|word|dword|qword|xmmword|ymmword|zmmword) (ptr )?|(near|short) (ptr )?)/g, "");
}

/** A package that the library does not depend on, if it can be found from here or by NODE_PATH. */
export function findPackage(name: string): unknown {
  try {
    return createRequire(import.meta.url)(name);
  } catch {
    return undefined;
  }
}
