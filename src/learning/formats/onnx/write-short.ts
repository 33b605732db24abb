// Weights as floats of 16 bits: half the bytes, each rounded to 11 bits. They are made f32 again where the file is loaded.

import { tensor } from "#engine/tensor/create.ts";
import { dataTypeOf, type OnnxGraph, type OnnxNode, type OnnxTensor } from "./write-model.ts";
import { bytesOf, int } from "./write-scope.ts";

/** Smaller tensors stay f32: their Cast would be longer than what is spared. */
const leastBytes = 1024;
/** The largest number that f16 has. */
const largest = 65504;

/** The graph with large tensors stored as f16, those alone that fit. */
export async function withShortWeights(graph: OnnxGraph): Promise<OnnxGraph> {
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const initializers: OnnxTensor[] = [];
  const casts: OnnxNode[] = [];
  for (const weight of graph.initializers) {
    const { name, dtype, shape, bytes } = weight;
    const values = dtype === "f32" && bytes.length >= leastBytes && !inputs.has(name) ? floatsOf(bytes) : undefined;
    if (values === undefined || values.some((value) => Math.abs(value) > largest)) {
      initializers.push(weight);
      continue;
    }
    const data = await tensor(values).cast("f16").data();
    const short = `${name}/f16`;
    initializers.push({ name: short, dtype: "f16", shape, bytes: bytesOf(data) });
    const attributes = { to: int(dataTypeOf("f32")) };
    casts.push({ name: `${name}/Cast`, operator: "Cast", inputs: [short], outputs: [name], attributes });
  }
  return { ...graph, initializers, nodes: [...casts, ...graph.nodes] };
}

function floatsOf({ buffer, byteOffset, byteLength }: Uint8Array): Float32Array {
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}
