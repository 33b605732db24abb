// Makes `npm start` and `npm test` work as the first command after `git clone`: installs what the lockfile names and
// builds dist/, each only when it is missing or stale. Plain Node: nothing is installed yet when it runs.
import { spawnSync } from "node:child_process";
import { isBuilt, isInstalled, root } from "./freshness.mjs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`sinter needs Node 20.19 or later; this is ${process.versions.node}.`);
  process.exit(1);
}

function run(command, parameters) {
  const isWindows = process.platform === "win32";
  // Standard output belongs to the program that runs after us.
  const { status } = spawnSync(command, parameters, { cwd: root, stdio: ["ignore", 2, 2], shell: isWindows });
  if (status !== 0) process.exit(status ?? 1);
}

if (!isInstalled()) {
  console.error("installing what package-lock.json names …");
  run("npm", ["ci", "--ignore-scripts"]);
}
if (!isBuilt()) run(process.execPath, ["scripts/build.mjs"]);
