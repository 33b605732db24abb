#!/usr/bin/env node
// The command line's first file: checks Node's version and that the package was built, then hands over to dist/node/cli.js.
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";

const program = new URL("../dist/node/cli.js", import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`sinter needs Node 20.19 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 1;
} else if (existsSync(program)) {
  nodeModule.enableCompileCache?.(); // Node 22 and later keep compiled code between runs
  const { main } = await import(program.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write("sinter is not built here. Run: npm run build\n");
  process.exitCode = 1;
}
