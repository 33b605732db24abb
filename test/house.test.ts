// What package.json promises about the house itself.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("the lockfile names no registry", () => {
  const lockfile: { packages: Record<string, object> } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const resolved = Object.entries(lockfile.packages).filter(([, entry]) => "resolved" in entry);
  expect(resolved).toEqual([]);
});
