// Tensors of a file as the format's own library in Python reads them: shapes, texts and the SHA-256 of all bits.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const python = join(root, ".peers/python/bin/python");

/** By library how it reads the file at `path` into a dictionary of arrays. */
const readers = {
  safetensors: "dict(importlib.import_module('safetensors.numpy').load_file(path))",
  torch: "flat(torch.load(path, map_location='cpu', weights_only=True))",
  numpy: "np.load(path) if path.endswith('.npz') else {stem: np.load(path)}",
  h5py: "datasets(h5py.File(path))",
  onnx: "{one.name: widened(onnx.numpy_helper.to_array(one)) for one in onnx.load(path).graph.initializer}",
  pyarrow: "{name: np.asarray(values, 'U') for name, values in pyarrow.parquet.read_table(path).to_pydict().items()}",
};

const program = `
import hashlib, importlib, json, sys
from pathlib import Path
import numpy as np

path, library, expression = sys.argv[1:]
stem = Path(path).stem
module = importlib.import_module(library)
globals()[library] = module
if library == "pyarrow":
    import pyarrow.parquet

def flat(value, path=()):
    if isinstance(value, torch.Tensor):
        return {".".join(path): value.detach().contiguous().numpy()}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    return {name: found for key, item in items for name, found in flat(item, (*path, str(key))).items()}

def datasets(file):
    found = {}
    file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return found

def widened(array):
    return array.astype("f4") if array.dtype == np.float16 else array

def facts(array):
    if array.dtype.kind == "U":
        return {"text": hashlib.sha256("\\n".join(array.reshape(-1)).encode()).hexdigest()}
    if array.dtype.kind in "iu" and not np.all((array >= -(2**31)) & (array < 2**31)):
        return {"text": hashlib.sha256(", ".join(str(value) for value in array.reshape(-1)).encode()).hexdigest()}
    if array.dtype.kind in "iu" and array.dtype not in (np.uint8, np.int32):
        array = array.astype("<i4")
    if array.dtype == np.float64:
        array = array.astype("f4")
    return {"shape": list(array.shape), "bits": hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()}

found = {name: facts(np.asarray(array)) for name, array in eval(expression).items()}
print(json.dumps({"version": module.__version__, "arrays": found}))
`;

const pythonPath = [process.env.PYTHONPATH, join(root, ".peers/formats")]
  .filter((part) => part !== undefined)
  .join(":");
const env = { ...process.env, PYTHONPATH: pythonPath };
const options = { env, maxBuffer: 1 << 28 };

/** What a library finds in a file: its version, and by name `{ shape, bits }` of numbers, `{ text }` of texts. */
export function byPython(path, library) {
  const output = execFileSync(python, ["-W", "ignore", "-c", program, path, library, readers[library]], options);
  return JSON.parse(output);
}

/** The folder of the files that NumPy tests its own reader with. */
export function numpyFolder() {
  const line = "import numpy; print(numpy.__path__[0] + '/lib/tests/data')";
  return execFileSync(python, ["-c", line], options).toString().trim();
}

const sha256 = (content) => createHash("sha256").update(content).digest("hex");
const bitsOf = ({ buffer, byteOffset, byteLength }) => sha256(new Uint8Array(buffer, byteOffset, byteLength));

/** What differs between tensors and texts that were read here and there; undefined where nothing does. */
export function difference(tensors, texts, arrays) {
  const numExpected = Object.values(arrays).filter(({ bits }) => bits !== undefined).length;
  if (tensors.size !== numExpected) return `${tensors.size} tensors, expected ${numExpected}`;
  for (const [name, { shape, bits, text }] of Object.entries(arrays)) {
    if (text !== undefined) {
      if (texts[name] === undefined || sha256(texts[name]) !== text) return `text ${name} is another`;
      continue;
    }
    const tensor = tensors.get(name);
    if (tensor === undefined) return `${name} is missing`;
    if (String(tensor.shape) !== String(shape)) return `${name} has shape [${tensor.shape}], expected [${shape}]`;
    if (bitsOf(tensor.data) !== bits) return `${name} has other bits`;
  }
  return undefined;
}
