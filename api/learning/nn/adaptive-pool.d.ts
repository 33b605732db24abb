import { type Extents, type Extents1d, type Extents2d, type Extents3d } from "./conv.js";
import { type Layer, type SpatialOptions } from "./layer.js";
export interface AdaptivePoolingOptions<Each extends Extents> extends SpatialOptions {
  readonly outputSize: Each;
}
export type AdaptivePooling1dOptions = AdaptivePoolingOptions<Extents1d>;
export type AdaptivePooling2dOptions = AdaptivePoolingOptions<Extents2d>;
export type AdaptivePooling3dOptions = AdaptivePoolingOptions<Extents3d>;
export declare function adaptiveAveragePooling1d(options: AdaptivePooling1dOptions): Layer;
export declare function adaptiveAveragePooling2d(options: AdaptivePooling2dOptions): Layer;
export declare function adaptiveAveragePooling3d(options: AdaptivePooling3dOptions): Layer;
export declare function adaptiveMaxPooling1d(options: AdaptivePooling1dOptions): Layer;
export declare function adaptiveMaxPooling2d(options: AdaptivePooling2dOptions): Layer;
export declare function adaptiveMaxPooling3d(options: AdaptivePooling3dOptions): Layer;
