// Module hooks for scripts that run sinter's sources without a build: types are taken away, nothing else changes.
// Use: register(new URL("./source-hooks.mjs", import.meta.url)) before the first import of a source.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transform } from "@swc/wasm-typescript";

/** The package's own name is its sources. */
export function resolve(specifier, context, nextResolve) {
  const door = /^sinter(?:\/(\w+))?$/.exec(specifier);
  if (door === null) return nextResolve(specifier, context);
  return { url: new URL(`../src/entry/${door[1] ?? "main"}.ts`, import.meta.url).href, shortCircuit: true };
}

/** Gives a TypeScript module without its types. */
export async function load(url, context, nextLoad) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, "utf8"), { mode: "strip-only", filename, module: true });
  return { format: "module", source: code, shortCircuit: true };
}
