// The file that a saved model keeps of a graph: ONNX, with the weights where model.safetensors has them, so that training goes on
// from there and ONNX Runtime opens it as it is.

import { SinterError } from "#engine/base/error.ts";
import type { ConfigValue } from "#engine/base/options.ts";
import { parseHeader, valuesStart } from "#learning/formats/safetensors-header.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import type { Network } from "#learning/nn/network.ts";

/** The kind of a layer that is a graph. */
export const graphKind = "graph";

/** @throws option for a model whose folder could not be read again: of several graphs, or one that no ONNX file holds */
export function requireKeptGraphs({ layers }: Network): void {
  const graphs = layers.filter(({ layer }) => layer.config.kind === graphKind);
  if (graphs.length > 1 || layers.some(({ layer }) => holdsGraph(layer.config.options))) {
    throw new SinterError(
      "option",
      "save: a folder holds one graph, as a layer of the model itself. Save models of graphs each on its own.",
    );
  }
  if (graphs.every(({ layer }) => layer.encode !== undefined)) return;
  throw new SinterError(
    "option",
    "save: this graph was read from no ONNX file, so no folder can hold it. Write it by exportOnnx, and load that.",
  );
}

/**
 * The bytes of a model's graph; undefined where it has none, or none that a file holds.
 * @param weights the bytes of the file that has the tensors, and its name
 */
export function graphFileOf(
  { layers }: Network,
  weights: { readonly file: string; readonly bytes: Uint8Array },
  tensors: ReadonlyMap<string, StoredTensor>,
): Uint8Array | undefined {
  const graph = layers.find(({ layer }) => layer.config.kind === graphKind);
  if (graph?.layer.encode === undefined) return undefined;
  const start = valuesStart(weights.bytes.subarray(0, 8), weights.bytes.length);
  const { entries } = parseHeader(weights.bytes.subarray(8, start), weights.bytes.length - start);
  const offsets = new Map(entries.map(({ name, begin }) => [name, start + begin]));
  return graph.layer.encode((weight) => {
    const path = graph.weights.find(({ name }) => name === weight)?.path ?? "";
    const [offset, stored] = [offsets.get(path), tensors.get(path)];
    return offset === undefined || stored === undefined ? undefined : { file: weights.file, offset, data: stored.data };
  });
}

function holdsGraph(value: ConfigValue): boolean {
  if (typeof value !== "object" || value === null) return false;
  return ("kind" in value && value.kind === graphKind) || Object.values(value).some(holdsGraph);
}
