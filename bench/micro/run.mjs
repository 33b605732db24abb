// Bundles one TypeScript file of this folder and runs it: node bench/micro/run.mjs gemm
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("../..", import.meta.url));
const name = process.argv[2] ?? "gemm";
const folder = mkdtempSync(join(tmpdir(), "sinter-bench-"));
symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
try {
  const isExternal = (id) => id.startsWith("node:") || id === "sharp";
  const build = await rolldown({ cwd: root, input: join(root, "bench/micro", `${name}.ts`), external: isExternal });
  await build.write({ dir: folder, format: "esm", entryFileNames: "bench.mjs" });
  await build.close();
  await import(pathToFileURL(join(folder, "bench.mjs")).href);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
