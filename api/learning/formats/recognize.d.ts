export type FileFormat =
  | "sinter"
  | "safetensors"
  | "safetensors-index"
  | "npy"
  | "npz"
  | "keras"
  | "hdf5"
  | "onnx"
  | "tfjs"
  | "tfjs-weights"
  | "pytorch"
  | "gguf"
  | "tfevents"
  | "parquet"
  | "arrow"
  | "csv"
  | "zip"
  | "saved-model"
  | "unknown";
export interface Recognized {
  readonly format: FileFormat;
  readonly file: string;
  readonly bytes: number;
}
export declare function recognize(path: string): Promise<Recognized>;
export declare function recognizeBytes(bytes: Uint8Array): Promise<FileFormat>;
