import { type TfjsWeights } from "./weights.js";
export declare function loadTfjsWeights(path: string): Promise<TfjsWeights>;
export declare function readTfjsFiles(path: string): Promise<Map<string, Uint8Array>>;
