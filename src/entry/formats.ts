// The door sinter/formats: bytes to named tensors and back.

export {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsFile,
  type StoredTensor,
} from "#learning/formats/safetensors.ts";
export { loadOnnx, type GraphEnd, type GraphRunner } from "#learning/formats/onnx/load.ts";
