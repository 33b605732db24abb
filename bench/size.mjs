// What importing a library costs a page: its entry bundled for the browser, minified, gzipped. `--variant sinter | tfjs | jax`.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { emit, peerVersion, readArguments } from "./protocol.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const peers = join(root, ".peers", "node");
const entries = {
  sinter: { name: "sinter", folder: root, code: 'export * from "sinter/engine";' },
  tfjs: {
    name: "tfjs",
    folder: peers,
    code: 'export * from "@tensorflow/tfjs"; export * from "@tensorflow/tfjs-backend-wasm";',
    version: "@tensorflow/tfjs",
  },
  jax: { name: "jax-js", folder: peers, code: 'export * from "@jax-js/jax";', version: "@jax-js/jax" },
};

const options = readArguments();
const entry = entries[options.variant];
if (entry === undefined) throw new Error(`--variant is one of ${Object.keys(entries).join(", ")}`);
const folder = mkdtempSync(join(entry.folder, ".size-"));
try {
  const input = join(folder, "entry.js");
  writeFileSync(input, entry.code);
  const bundle = await rolldown({ input, platform: "browser", logLevel: "silent" });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  const code = output.flatMap((part) => (part.type === "chunk" ? [part.code] : [])).join("\n");
  const kb = gzipSync(code, { level: 9 }).length / 1000;
  const versions = entry.version === undefined ? {} : { [entry.version]: peerVersion(entry.version) };
  emit({ name: entry.name, work: "size", kb, minifiedKb: code.length / 1000, versions });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
