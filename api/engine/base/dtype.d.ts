export type DType = "f32" | "i32" | "u8" | "bool" | "f16" | "bf16";
export declare const dtypes: readonly DType[];
export type HostArray = Float32Array | Float64Array | Int32Array | Uint8Array | Uint16Array;
export declare function byteSize(dtype: DType): number;
export declare function isFloating(dtype: DType): boolean;
export declare function hostArray(dtype: DType, size: number): HostArray;
