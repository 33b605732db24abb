import type { Model } from "../train/model.js";
interface DcganOptions {
  readonly imageSize?: number;
  readonly channels?: number;
  readonly filters?: number;
  readonly name?: string;
  readonly seed?: number;
}
export interface DcganGeneratorOptions extends DcganOptions {
  readonly latentSize?: number;
}
export interface DcganDiscriminatorOptions extends DcganOptions {
  readonly normalization?: "batch" | "layer" | "none";
}
export declare function dcganGenerator(options?: DcganGeneratorOptions): Model;
export declare function dcganDiscriminator(options?: DcganDiscriminatorOptions): Model;
export {};
