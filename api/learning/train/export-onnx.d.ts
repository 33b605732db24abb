import { type ModelCore } from "./model-core.js";
export interface ExportOnnxOptions {
  readonly rescale?: "metadata" | "graph";
  readonly weights?: "f32" | "f16";
  readonly externalData?: boolean;
  readonly batchSize?: number;
}
export declare function exportCore(
  core: ModelCore,
  name: string,
  path: string,
  options: ExportOnnxOptions,
): Promise<void>;
