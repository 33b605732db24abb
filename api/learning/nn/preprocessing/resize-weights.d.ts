export declare const interpolations: readonly ["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "area"];
export type ResizeInterpolation = (typeof interpolations)[number];
export declare function resizeWeights(
  from: number,
  to: number,
  interpolation: ResizeInterpolation,
  isAntialiased: boolean,
): Float32Array<ArrayBuffer>;
