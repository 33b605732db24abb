import type { Model } from "./model.js";
export declare function saveAdapters(model: Model, folder: string): Promise<void>;
export declare function loadAdapters(model: Model, folder: string): Promise<Model>;
