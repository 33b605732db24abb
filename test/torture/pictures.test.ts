// A training passes over damaged pictures and bombs, says why, and stays small. `npm run torture` takes 5,000.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { trainOnHostile } from "./hostile-run.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-hostile-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("60 mutants and bombs are listed with reasons, within 512 MiB more", { timeout: 180_000 }, async () => {
  expect(await trainOnHostile(folder, 60, 1)).toBeLessThanOrEqual(512);
});
