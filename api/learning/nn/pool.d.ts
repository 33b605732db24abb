import { type Extents, type Extents1d, type Extents2d, type Extents3d } from "./conv.js";
import type { Padding } from "./conv.js";
import { type Layer, type SpatialOptions } from "./layer.js";
export interface PoolingOptions<Each extends Extents> extends SpatialOptions {
  readonly poolSize?: Each;
  readonly strides?: Each | null;
  readonly padding?: Padding;
}
export type Pooling1dOptions = PoolingOptions<Extents1d>;
export type Pooling2dOptions = PoolingOptions<Extents2d>;
export type Pooling3dOptions = PoolingOptions<Extents3d>;
export declare function maxPooling1d(options?: Pooling1dOptions): Layer;
export declare function maxPooling2d(options?: Pooling2dOptions): Layer;
export declare function maxPooling3d(options?: Pooling3dOptions): Layer;
export declare function averagePooling1d(options?: Pooling1dOptions): Layer;
export declare function averagePooling2d(options?: Pooling2dOptions): Layer;
export declare function averagePooling3d(options?: Pooling3dOptions): Layer;
export interface GlobalPoolingOptions extends SpatialOptions {
  readonly keepdims?: boolean;
}
export declare function globalMaxPooling1d(options?: GlobalPoolingOptions): Layer;
export declare function globalMaxPooling2d(options?: GlobalPoolingOptions): Layer;
export declare function globalMaxPooling3d(options?: GlobalPoolingOptions): Layer;
export declare function globalAveragePooling1d(options?: GlobalPoolingOptions): Layer;
export declare function globalAveragePooling2d(options?: GlobalPoolingOptions): Layer;
export declare function globalAveragePooling3d(options?: GlobalPoolingOptions): Layer;
