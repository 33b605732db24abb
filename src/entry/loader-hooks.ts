// Node's module hooks behind sinter/loader. They run in Node's own loader thread and know nothing of the engine.

import { readFile } from "node:fs/promises";
import type { LoadHook, ResolveHook } from "node:module";
import { fileURLToPath } from "node:url";
import { transform } from "@swc/wasm-typescript";

/** Resolves `sinter` and its doors to this package where the importing file lies outside any installation of it. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (specifier !== "sinter" && !specifier.startsWith("sinter/")) throw error;
    return nextResolve(specifier, { ...context, parentURL: import.meta.url });
  }
};

/** Gives a TypeScript module with blanks where its types were, so that line numbers stay. */
export const load: LoadHook = async (url, context, nextLoad) => {
  if (!url.startsWith("file:") || !/\.m?ts$/.test(new URL(url).pathname)) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const { code } = await transform(await readFile(path, "utf8"), { mode: "strip-only", filename: path, module: true });
  return { format: "module", source: code, shortCircuit: true };
};
