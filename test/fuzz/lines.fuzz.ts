// 2,000 random command lines with a fresh seed: `npm run fuzz -- test/fuzz/lines.fuzz.ts`.

import { test } from "vitest";
import { checkLines } from "./lines.ts";

const numLines = 2000;
const seed = Date.now() | 0;

test(`${numLines} random command lines of seed ${seed}`, { timeout: 3_600_000 }, async () => {
  const counts = await checkLines(numLines, seed);
  process.stdout.write(`seed ${seed}: exit codes ${JSON.stringify(counts)}\n`);
});
