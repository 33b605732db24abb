import type { HostArray } from "../../../engine/base/dtype.js";
import type { ElementType } from "./datatype.js";
export type Hdf5Values =
  | {
      readonly kind: "texts";
      readonly texts: readonly string[];
    }
  | {
      readonly kind: "numbers";
      readonly shape: readonly number[];
      readonly type: ElementType;
      readonly data: HostArray;
    };
export interface Hdf5Dataset {
  readonly kind: "dataset";
  readonly shape: readonly number[];
  readonly type: ElementType;
  readonly attributes: Hdf5Attributes;
  read(): Hdf5Values;
}
export interface Hdf5Group {
  readonly kind: "group";
  readonly attributes: Hdf5Attributes;
  readonly members: ReadonlyMap<string, Hdf5Group | Hdf5Dataset>;
}
export type Hdf5Attributes = ReadonlyMap<string, () => Hdf5Values>;
export declare function looksLikeHdf5(bytes: Uint8Array): boolean;
export declare function readHdf5(bytes: Uint8Array): Hdf5Group;
