import { type TensorFile } from "../formats/read-tensors.js";
import type { Model } from "../train/model.js";
export declare function loadTorchWeights(model: Model, path: string): Promise<void>;
export declare function isOfTorch(tensors: TensorFile["tensors"]): boolean;
export declare function takeTorchWeights(model: Model, tensors: TensorFile["tensors"], path: string): void;
