import { Model } from "../train/model.js";
import { type T5Head } from "./t5.js";
export interface LoadT5Options extends T5Head {
  readonly name?: string;
}
export declare function loadT5(folder: string, options?: LoadT5Options): Promise<Model>;
export declare function t5WeightName(path: string): string;
