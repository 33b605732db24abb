import { type FileFormat } from "../../learning/formats/recognize.js";
export type ConvertTarget = "safetensors" | "npz" | "npy" | "keras" | "onnx" | "tfjs" | "sinter";
export interface ConvertOptions {
  readonly to?: ConvertTarget | undefined;
  readonly overwrite?: boolean | undefined;
  readonly float64?: "refuse" | "round" | undefined;
}
export interface Conversion {
  readonly input: string;
  readonly output: string;
  readonly from: FileFormat;
  readonly to: ConvertTarget;
  readonly numTensors?: number;
  readonly lost: readonly string[];
}
export declare const convertTargets: readonly ConvertTarget[];
export declare function convertFile(input: string, output: string, options?: ConvertOptions): Promise<Conversion>;
