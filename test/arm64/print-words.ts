// Prints every word that the encoder's test knows, eight digits a line: what `node scripts/arm64.mjs words` disassembles.
import { multiples, samples } from "./samples.ts";
import { digitsOf, wordsOf } from "./words.ts";

const instructions = [...samples().map(({ instruction }) => instruction), ...multiples];
const words = new Set(instructions.flatMap((instruction) => wordsOf(instruction).map(digitsOf)));
process.stdout.write(`${[...words].sort().join("\n")}\n`);
