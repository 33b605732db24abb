import { type ModelCore } from "./model-core.js";
export interface ExportOnnxOptions {
  readonly rescale?: "metadata" | "graph";
  readonly weights?: "f32" | "f16";
  readonly batchSize?: number;
}
export declare function exportCore(
  core: ModelCore,
  name: string,
  path: string,
  options: ExportOnnxOptions,
): Promise<void>;
export declare function encodeOnnx(core: ModelCore, name: string, options?: ExportOnnxOptions): Promise<Uint8Array>;
