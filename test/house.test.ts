// What the house promises of itself: package.json, the lockfile and the pages that name files.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportsOfPackage } from "../scripts/doors.mjs";

test("the lockfile names no registry", () => {
  const lockfile: { packages: Record<string, object> } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const resolved = Object.entries(lockfile.packages).filter(([, entry]) => "resolved" in entry);
  expect(resolved).toEqual([]);
});

test("package.json exports the doors that are built", () => {
  const { exports }: { exports: unknown } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(exports).toEqual(exportsOfPackage());
});

test("the pages name files that exist", () => {
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    ...readdirSync("docs", { recursive: true, encoding: "utf8" }).map((name) => join("docs", name)),
  ];
  const missing = pages
    .filter((page) => page.endsWith(".md"))
    .flatMap((page) =>
      [...readFileSync(page, "utf8").matchAll(/`((?:src|test|scripts|docs|bench|examples)\/[\w./-]+)`/g)]
        .map(([, path = ""]) => path)
        .filter((path) => !existsSync(path))
        .map((path) => `${page} names ${path}`),
    );
  expect(missing).toEqual([]);
});
