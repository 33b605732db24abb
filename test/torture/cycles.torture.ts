// 10,000 programs in one process: its memory, mappings and threads stay what they were.

import { expect, test } from "vitest";
import { whyNoNative } from "../targets.ts";
import { compileAndRun } from "./cycles.ts";

const mostGrowthMiB = 16;

test.skipIf(whyNoNative !== undefined)("10,000 programs are compiled, run and dropped", async () => {
  const seen = await compileAndRun(10_000, 500);
  process.stdout.write(seen.map((one) => `${JSON.stringify(one)}\n`).join(""));
  const [, warm] = seen;
  const last = seen.at(-2);
  expect(warm?.numCycles).toBe(1000);
  const later = seen.slice(2, -1);
  expect(Math.max(...later.map((one) => one.residentMiB)) - warm!.residentMiB).toBeLessThan(mostGrowthMiB);
  expect(last!.mappings - warm!.mappings).toBeLessThan(100);
  expect(last!.threads).toBe(warm!.threads);
  expect(seen.at(-1)!.threads).toBeLessThan(last!.threads);
});
