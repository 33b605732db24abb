import { type Pixels } from "../../engine/base/resample.js";
export interface Signature {
  readonly fine: Uint8Array;
  readonly coarse: Float32Array;
  readonly contrast: number;
}
export declare function signatureOf(picture: Pixels): Signature;
export declare const mostNear: number;
export declare function isNear(left: Signature, right: Signature): boolean;
