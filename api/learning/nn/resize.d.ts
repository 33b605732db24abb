import { type Extents, type Extents1d, type Extents2d, type Extents3d } from "./conv.js";
import { type Layer, type SpatialOptions } from "./layer.js";
export interface UpSamplingOptions<Each extends Extents> extends SpatialOptions {
  readonly size?: Each;
}
export interface UpSampling2dOptions extends UpSamplingOptions<Extents2d> {
  readonly interpolation?: Interpolation;
}
type Interpolation = "nearest" | "bilinear";
export declare function upSampling1d(options?: UpSamplingOptions<Extents1d>): Layer;
export declare function upSampling2d(options?: UpSampling2dOptions): Layer;
export declare function upSampling3d(options?: UpSamplingOptions<Extents3d>): Layer;
export {};
