// What code generation must know of WebAssembly's SIMD128 as V8 compiles it.

import type { TargetTraits } from "#engine/graph/kernel.ts";

/**
 * The traits of the wasm target.
 * @param fusesMultiplyAdd whether relaxed SIMD is on and its multiply-add rounds once
 * @param usesWinograd whether 3 x 3 convolutions may take Winograd's algorithm
 */
export function wasmTraits(fusesMultiplyAdd: boolean, usesWinograd = true): TargetTraits {
  const mostBufferBytes = 2 ** 32;
  return { lanes: 4, registers: 16, fusesMultiplyAdd, tile: { rows: 4, vectors: 2 }, mostBufferBytes, usesWinograd };
}
