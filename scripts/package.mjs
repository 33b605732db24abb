// The package as users get it: packs it and lets publint and attw look at the tarball.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./freshness.mjs";

const folder = mkdtempSync(join(tmpdir(), "sinter-pack-"));
const isWindows = process.platform === "win32";

/** Runs one of the installed tools; its text is shown only when it fails. */
function inspect(tool, parameters) {
  const program = join(root, "node_modules/.bin", tool);
  const { status, stdout, stderr } = spawnSync(program, parameters, { cwd: root, encoding: "utf8", shell: isWindows });
  if (status !== 0) console.error(`${tool}:\n${stdout}${stderr}`);
  return status === 0;
}

try {
  const parameters = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  execFileSync("npm", parameters, { cwd: root, stdio: "ignore", shell: isWindows });
  const tarball = join(folder, readdirSync(folder)[0]);
  const isSound = inspect("publint", [tarball, "--strict"]);
  // Only ES modules are given: a CommonJS program uses import().
  const resolves = inspect("attw", [tarball, "--profile", "esm-only", "--no-emoji"]);
  if (!isSound || !resolves) process.exitCode = 1;
  else console.log("package: publint and attw found nothing");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
