// The long run of damaged pictures; a short one is part of `npm test`.

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

test("5,000 mutants and bombs are listed with reasons, within 512 MiB more", { timeout: 600_000 }, async () => {
  expect(await trainOnHostile(folder, 5_000, 1)).toBeLessThanOrEqual(512);
});
