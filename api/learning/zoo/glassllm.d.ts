import { type NpzFile } from "../formats/npy.js";
import type { Model } from "../train/model.js";
export declare function loadGlassllm(path: string): Promise<Model>;
export declare function fromGlassllm({ tensors, texts }: NpzFile): Model;
