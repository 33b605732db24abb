import { type TfjsQuantization } from "../formats/tfjs/encode-weights.js";
import type { LoadOptions } from "./described-model.js";
import type { Model } from "./model.js";
export declare function loadTfjs(path: string, options: LoadOptions): Promise<Model>;
export declare function modelFromTfjs(files: ReadonlyMap<string, Uint8Array>, options?: LoadOptions): Model;
export interface SaveTfjsOptions {
  readonly quantization?: TfjsQuantization;
}
export declare function saveTfjs(model: Model, path: string, options?: SaveTfjsOptions): Promise<void>;
export declare function tfjsFiles(model: Model, options?: SaveTfjsOptions): Promise<Map<string, Uint8Array>>;
