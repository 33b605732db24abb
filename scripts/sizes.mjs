// What a page pays for the doors, minified and gzipped; fails above the ceilings. Measures what a bundler would ship.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { root } from "./freshness.mjs";

/** Door → bytes it may weigh; the workers' program is part of it. */
const ceilings = { engine: 120_000 };
const reported = ["engine", "nn", "main"];

/** The door's code as a page would load it, everything it exports kept. */
async function weightOf(door) {
  const build = await rolldown({
    cwd: root,
    input: { page: join(root, `dist/browser/${door}.js`) },
    platform: "browser",
  });
  const { output } = await build.generate({ format: "esm", minify: true });
  await build.close();
  return output.reduce(
    (bytes, part) => bytes + (part.type === "chunk" ? gzipSync(part.code, { level: 9 }).length : 0),
    0,
  );
}

let isWithin = true;
for (const door of reported) {
  if (!existsSync(join(root, `dist/browser/${door}.js`))) {
    console.error(`sizes: dist/browser/${door}.js is missing`);
    isWithin = false;
    continue;
  }
  const bytes = await weightOf(door);
  const ceiling = ceilings[door];
  if (ceiling !== undefined && bytes > ceiling) isWithin = false;
  console.log(`${door}: ${(bytes / 1000).toFixed(1)} kB gzipped${ceiling ? ` (at most ${ceiling / 1000} kB)` : ""}`);
}
if (!isWithin) process.exit(1);
