import type { Tensor } from "../../engine/tensor/tensor.js";
import { type ByteSource } from "./byte-source.js";
import { type SafetensorsHeader } from "./safetensors-header.js";
import type { SafetensorsFile } from "./safetensors.js";
import { type NumberRules } from "./stored-values.js";
export interface ReadSafetensorsOptions extends NumberRules {
  readonly isWanted?: (name: string) => boolean;
}
export declare function readSafetensors(path: string, options?: ReadSafetensorsOptions): Promise<SafetensorsFile>;
export declare function loadSafetensors(
  path: string,
  options?: ReadSafetensorsOptions,
): Promise<ReadonlyMap<string, Tensor>>;
export declare function readSafetensorsHeader(source: ByteSource): Promise<
  SafetensorsHeader & {
    readonly start: number;
  }
>;
