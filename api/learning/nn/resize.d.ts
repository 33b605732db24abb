import { type Layer, type LayerOptions } from "./layer.js";
export interface ZeroPadding2dOptions extends LayerOptions {
  readonly padding?:
    | number
    | readonly [height: number, width: number]
    | readonly [rows: readonly [top: number, bottom: number], columns: readonly [left: number, right: number]];
}
export declare function zeroPadding2d(options?: ZeroPadding2dOptions): Layer;
export interface UpSampling2dOptions extends LayerOptions {
  readonly size?: number | readonly [height: number, width: number];
  readonly interpolation?: "nearest" | "bilinear";
}
export declare function upSampling2d(options?: UpSampling2dOptions): Layer;
