export interface BlockFormat {
  readonly name: string;
  readonly values: number;
  readonly bytes: number;
  read(view: DataView, at: number, into: Float32Array, to: number): void;
}
export declare const blockFormats: ReadonlyMap<number, BlockFormat>;
