// What `npm start` runs: it must learn the photographs it never saw the right side of.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test("the example tells textures apart, far better than its baseline", { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "sinter-start-"));
  try {
    const args = ["scripts/start.mjs", "--out", join(folder, "textures"), "--epochs", "6"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    const [accuracy = 0, baseline = 1] = Array.from(stdout.matchAll(/: (\d+\.\d) %$/gm), ([, share]) => Number(share));
    expect(accuracy).toBeGreaterThanOrEqual(95);
    expect(baseline).toBeLessThan(accuracy);
    expect(stdout).toMatch(/brick +→ brick \d/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
