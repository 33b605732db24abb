// Installs what goldens and benchmarks compare with into the ignored folder .peers/: a Python environment and npm packages.
// Users of sinter never need it. Run: node scripts/peers.mjs [--python-only | --node-only] [--force]
// About 8.5 GB on disk: PyPI's torch for Linux brings the CUDA libraries, without which it does not start.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".peers");
const requirements = join(root, "bench", "peers", "requirements.txt");

// onnxruntime-node's install script downloads CUDA parts that nothing here uses; the CPU library lies in the package.
const npmPackages = [
  "onnxruntime-web@1.30.0",
  "onnxruntime-node@1.30.0",
  "@tensorflow/tfjs@4.22.0",
  "@tensorflow/tfjs-backend-wasm@4.22.0",
  "@jax-js/jax@0.1.25",
];

/** Runs a command with the terminal's streams; ends the process with its exit code when it fails. */
function run(command, commandArguments, options = {}) {
  const result = spawnSync(command, commandArguments, { stdio: "inherit", ...options });
  if (result.error) {
    console.error(
      `peers: ${command} could not be started (${result.error.message}). Install it, then run this script again.`,
    );
    process.exit(1);
  }
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Runs `install` unless the stamp in `place` already says that this exact list lies there. */
function once(place, list, install) {
  const stampFile = join(place, ".installed");
  const stamp = createHash("sha256").update(list).digest("hex");
  if (!process.argv.includes("--force") && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) {
    console.error(`peers: ${place.slice(root.length)} is up to date`);
    return;
  }
  install();
  writeFileSync(stampFile, stamp);
}

function installPython() {
  const place = join(folder, "python");
  once(place, readFileSync(requirements, "utf8"), () => {
    if (!existsSync(join(place, "bin", "python"))) run("python3", ["-m", "venv", place]);
    run(join(place, "bin", "python"), ["-m", "pip", "install", "--disable-pip-version-check", "-r", requirements]);
  });
}

function installNode() {
  const place = join(folder, "node");
  once(place, npmPackages.join("\n"), () => {
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "package.json"), '{ "private": true, "type": "module" }\n');
    run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", ...npmPackages], {
      cwd: place,
    });
  });
}

/** What the benchmarks read: ONNX models in .peers/models, JPEG files in .data/photos. */
function makeInputs() {
  for (const script of ["make_onnx.py", "make_suite_onnx.py", "make_photos.py"]) {
    run(join(folder, "python", "bin", "python"), [join(root, "bench", "peers", script)]);
  }
}

mkdirSync(folder, { recursive: true });
if (!process.argv.includes("--node-only")) installPython();
if (!process.argv.includes("--python-only")) installNode();
if (!process.argv.includes("--node-only")) makeInputs();
