export interface QuantizedTensor {
  readonly kind: "q8_0" | "q4_0";
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  readonly scales: Uint16Array;
}
export declare function quantizedTensor(
  kind: QuantizedTensor["kind"],
  shape: readonly number[],
  blocks: Uint8Array,
): QuantizedTensor;
