import { type SpatialOptions, type Layer } from "./layer.js";
export type Ends = readonly [before: number, after: number];
export type Borders1d = number | Ends;
export type Borders2d =
  | number
  | readonly [height: number, width: number]
  | readonly [rows: readonly [top: number, bottom: number], columns: readonly [left: number, right: number]];
export type Borders3d =
  | number
  | readonly [depth: number, height: number, width: number]
  | readonly [depth: Ends, height: Ends, width: Ends];
export interface ZeroPaddingOptions<Borders> extends SpatialOptions {
  readonly padding?: Borders;
}
export declare function zeroPadding1d(options?: ZeroPaddingOptions<Borders1d>): Layer;
export declare function zeroPadding2d(options?: ZeroPaddingOptions<Borders2d>): Layer;
export declare function zeroPadding3d(options?: ZeroPaddingOptions<Borders3d>): Layer;
export interface CroppingOptions<Borders> extends SpatialOptions {
  readonly cropping?: Borders;
}
export declare function cropping1d(options?: CroppingOptions<Borders1d>): Layer;
export declare function cropping2d(options?: CroppingOptions<Borders2d>): Layer;
export declare function cropping3d(options?: CroppingOptions<Borders3d>): Layer;
