import { type DType, type HostArray } from "../../engine/base/dtype.js";
export type StoredType = DType | "f64" | "i64" | "u64" | "u32" | "u16" | "i16" | "i8" | "f8e4m3" | "f8e5m2";
export interface NumberRules {
  readonly float64?: "refuse" | "round";
}
export declare function storedBytes(type: StoredType): number;
export declare function dtypeOf(type: StoredType): DType;
export declare function countOf(shape: readonly number[]): number | undefined;
export declare function allocateValues(
  dtype: DType,
  count: number,
  name: string,
): {
  readonly data: HostArray;
  readonly bytes: Uint8Array;
};
export declare function viewValues(dtype: DType, { buffer }: Uint8Array<ArrayBuffer>, count: number): HostArray;
export declare function isDirect(type: StoredType): type is DType;
export declare function settleValues(dtype: DType, bytes: Uint8Array, littleEndian?: boolean): void;
export declare function readValues(
  type: StoredType,
  bytes: Uint8Array,
  name: string,
  rules?: NumberRules & {
    readonly littleEndian?: boolean;
  },
): HostArray;
export declare function bytesOfValues(dtype: DType, data: HostArray): Uint8Array;
