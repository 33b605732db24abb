// `npm run check`: format, lint, types, rooms, dead code, package, public names, reference, sizes. Runs all, then names what failed.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./freshness.mjs";

const tool = (name, ...parameters) => [join("node_modules/.bin", name), ...parameters];
const script = (name, ...parameters) => [process.execPath, `scripts/${name}.mjs`, ...parameters];
const steps = {
  build: script("ensure"),
  format: tool("oxfmt", "--check"),
  lint: tool("oxlint", "--deny-warnings"),
  types: script("types"),
  rooms: tool("vitest", "run", "test/architecture.test.ts", "test/house.test.ts"),
  "dead code": tool("knip"),
  package: script("package"),
  api: script("api", "--check"),
  reference: script("reference", "--check"),
  sizes: script("sizes"),
};

const failed = Object.entries(steps).filter(([name, [command, ...parameters]]) => {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(command, parameters, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  return status !== 0;
});
if (failed.length > 0) {
  console.error(`\ncheck failed: ${failed.map(([name]) => name).join(", ")}`);
  process.exit(1);
}
console.log("\ncheck passed");
