// iced-x86 as the judge of encoded bytes.
import { Decoder, DecoderOptions, Formatter, FormatterSyntax } from "iced-x86";

/** An instruction as text, and where the next one begins. */
export interface Line {
  readonly text: string;
  readonly next: number;
}

const formatter = new Formatter(FormatterSyntax.Intel);

/** Machine code that begins at an address, in Intel's syntax. */
export function disassemble(code: Uint8Array, address = 0): Line[] {
  const decoder = new Decoder(64, code, DecoderOptions.None);
  decoder.ip = BigInt(address);
  const lines: Line[] = [];
  while (decoder.canDecode) {
    const instruction = decoder.decode();
    lines.push({ text: formatter.format(instruction), next: Number(instruction.nextIP) });
    instruction.free();
  }
  decoder.free();
  return lines;
}

/** A line without the sizes of memory operands, which the mnemonic or a register says. */
export function withoutSizes(line: string): string {
  return line.replace(/\b((byte|word|dword|qword|xmmword|ymmword|zmmword) (ptr )?|(near|short) (ptr )?)/g, "");
}
