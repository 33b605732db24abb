// Numbers of the golden files of TensorFlow.js.

import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

export interface Stored {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly base64: string;
}

export function valuesOf({ dtype, base64 }: Stored): Float32Array | Int32Array | Uint8Array {
  const { buffer } = Uint8Array.from(Buffer.from(base64, "base64"));
  if (dtype === "float32") return new Float32Array(buffer);
  return dtype === "int32" ? new Int32Array(buffer) : new Uint8Array(buffer);
}

export function tensorOf(stored: Stored): Tensor {
  const { shape } = stored;
  return tensor(valuesOf(stored), stored.dtype === "bool" ? { shape, dtype: "bool" } : { shape });
}
