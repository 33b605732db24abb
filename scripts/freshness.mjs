// Whether what was installed and built still fits the sources. Plain Node: runs before anything is installed.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");
export const stampName = "sources.sha256";

const builtFrom = [
  "package.json",
  "package-lock.json",
  "scripts/build.mjs",
  "scripts/doors.mjs",
  "tsconfig/base.json",
  "tsconfig/node.json",
  "tsconfig/browser.json",
];

/** SHA-256 over all that dist/ is made from: paths and bytes, in order. */
export function sourceDigest() {
  const hash = createHash("sha256");
  const sources = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  for (const file of [...builtFrom.map((path) => join(root, path)), ...sources]) {
    if (!existsSync(file)) continue;
    hash.update(file.slice(root.length)).update("\0").update(readFileSync(file));
  }
  return hash.digest("hex");
}

/** Whether dist/ was built from the sources as they are now. */
export function isBuilt() {
  const stamp = join(root, "dist", stampName);
  return existsSync(stamp) && readFileSync(stamp, "utf8").trim() === sourceDigest();
}

/** Whether node_modules holds what the lockfile names; what is optional may be absent. */
export function isInstalled() {
  const installedPath = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedPath)) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedPath, "utf8")).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const there = installed[path];
    return there === undefined ? entry.optional === true || entry.peer === true : there.version === entry.version;
  });
}
