import type { LoadOptions } from "./described-model.js";
import { Model } from "./model.js";
export declare function loadModel(path: string, options?: LoadOptions): Promise<Model>;
export declare function modelFromKeras(bytes: Uint8Array, options?: LoadOptions): Promise<Model>;
