// The bytes of single instructions, and the golden list of what GNU's objdump reads from words.
import { readFileSync } from "node:fs";
import { Encoder } from "#engine/target/arm64/encoder.ts";
import type { Instruction } from "#engine/target/machine/instruction.ts";

/** The words of instructions, each encoded alone; what jumps goes to itself. */
export function wordsOf(instruction: Instruction): number[] {
  const encoder = new Encoder();
  encoder.label(1);
  encoder.add(instruction);
  const code = encoder.finish();
  const view = new DataView(code.buffer);
  return Array.from({ length: code.length / 4 }, (_, index) => view.getUint32(index * 4, true));
}

/** Eight digits. */
export function digitsOf(word: number): string {
  return word.toString(16).padStart(8, "0");
}

/** What objdump reads from each word of the list, which `node scripts/arm64.mjs words` makes. */
export function goldenTexts(): ReadonlyMap<string, string> {
  const lines = readFileSync(new URL("words.txt", import.meta.url), "utf8")
    .trim()
    .split("\n");
  return new Map(
    lines.filter((line) => !line.startsWith("#")).map((line): [string, string] => [line.slice(0, 8), line.slice(9)]),
  );
}
