// The door sinter/formats: bytes to named tensors and back.

export {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsFile,
  type StoredTensor,
} from "#learning/formats/safetensors.ts";
export type { TfjsQuantization } from "#learning/formats/tfjs/encode-weights.ts";
export { loadTfjsWeights } from "#learning/formats/tfjs/files.ts";
export { decodeTfjsGraph, loadTfjsGraph } from "#learning/formats/tfjs/graph-model.ts";
export { decodeTfjsWeights, type StoredTexts, type TfjsWeights } from "#learning/formats/tfjs/weights.ts";
export { loadOnnx, type GraphEnd, type GraphRunner } from "#learning/formats/onnx/load.ts";
