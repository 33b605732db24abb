// What the scripts about ONNX share: ONNX Runtime and onnx.checker from .peers, and how numbers are compared.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const runtime = createRequire(join(root, ".peers/node/package.json"))("onnxruntime-node");

/** The largest difference by the root mean square of what is expected. */
export function distance(actual, expected) {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let squares = 0;
  let most = 0;
  expected.forEach((value, index) => {
    squares += value * value;
    const same = Object.is(value, actual[index]) || value === actual[index];
    most = Math.max(most, same ? 0 : Math.abs(value - actual[index]));
  });
  if (Number.isNaN(most)) return Number.POSITIVE_INFINITY;
  return most === 0 ? 0 : most / (Math.sqrt(squares / expected.length) || 1);
}

const checker = `
import sys, json, onnx
result = {}
for path in sys.stdin.read().split("\\n"):
    try:
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        result[path] = sorted({n.op_type for n in model.graph.node})
    except Exception as error:
        result[path] = str(error)
print(json.dumps(result))
`;

/** By path what the checker says, or the operators of a file that passes. */
export function checkFiles(paths) {
  const python = join(root, ".peers/python/bin/python");
  const { stdout } = spawnSync(python, ["-c", checker], { input: paths.join("\n"), maxBuffer: 2 ** 28 });
  return JSON.parse(stdout.toString() || "{}");
}
