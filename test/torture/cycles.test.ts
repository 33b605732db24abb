// A short form of the 10,000 programs: memory and threads do not pile up.

import { expect, test } from "vitest";
import { whyNoNative } from "../targets.ts";
import { compileAndRun } from "./cycles.ts";

test.skipIf(whyNoNative !== undefined)("900 programs are compiled, run and dropped", { timeout: 120_000 }, async () => {
  const seen = await compileAndRun(900, 300);
  const [warm, , last, closed] = seen;
  // 5 MiB measured; 43 where nothing asks for a collection.
  expect(last!.residentMiB - warm!.residentMiB).toBeLessThan(24);
  expect(last!.mappings - warm!.mappings).toBeLessThan(60);
  expect(last!.threads).toBe(warm!.threads);
  expect(closed!.threads).toBe(last!.threads - 1);
});
