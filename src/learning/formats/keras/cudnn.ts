// Weights of recurrent layers as cuDNN has them: two biases a gate, and kernels whose gates are transposed. Keras 2's files of
// CuDNNLSTM and CuDNNGRU hold them so.
// Source: Keras 2, saving/legacy/hdf5_format.py, _convert_rnn_weights: what it does, not how.

import type { StoredTensor } from "#learning/formats/safetensors.ts";

/** Weights of a layer with those of cuDNN's layout made Keras's; others are as they were. */
export function fromCudnn(tensors: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  const result = new Map(tensors);
  for (const [name, bias] of tensors) {
    if (!/(^|\/)bias$/u.test(name)) continue;
    const prefix = name.slice(0, -"bias".length);
    const kernel = tensors.get(`${prefix}kernel`);
    const recurrent = tensors.get(`${prefix}recurrentKernel`);
    const [units, width] = recurrent?.shape ?? [];
    if (kernel === undefined || recurrent === undefined || units === undefined || width === undefined) continue;
    if (bias.shape.length !== 1 || bias.shape[0] !== 2 * width || kernel.shape[1] !== width) continue;
    const numGates = width / units;
    result.set(`${prefix}kernel`, transposedGates(kernel, numGates));
    result.set(`${prefix}recurrentKernel`, transposedGates(recurrent, numGates));
    result.set(name, numGates === 3 ? { ...bias, shape: [2, width] } : summedHalves(bias, width));
  }
  return result;
}

/** Each gate [rows, units] is read as [units, rows] and transposed. */
function transposedGates(kernel: StoredTensor, numGates: number): StoredTensor {
  const [rows = 0, width = 0] = kernel.shape;
  const units = width / numGates;
  const data = new Float32Array(rows * width);
  for (let gate = 0; gate < numGates; gate += 1) {
    for (let row = 0; row < rows; row += 1) {
      for (let unit = 0; unit < units; unit += 1) {
        const flat = unit * rows + row;
        const from = Math.floor(flat / units) * width + gate * units + (flat % units);
        data[row * width + gate * units + unit] = kernel.data[from] ?? 0;
      }
    }
  }
  return { dtype: "f32", shape: kernel.shape, data };
}

function summedHalves(bias: StoredTensor, width: number): StoredTensor {
  const data = Float32Array.from({ length: width }, (_, at) => (bias.data[at] ?? 0) + (bias.data[at + width] ?? 0));
  return { dtype: "f32", shape: [width], data };
}
