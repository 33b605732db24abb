import { type Box, type Factor } from "./box.js";
export interface RandomErasingOptions {
  readonly factor?: Factor;
  readonly scale?: Factor;
  readonly fillValue?: number | readonly number[] | null;
}
export declare function drawErasing(
  { factor, scale }: RandomErasingOptions,
  {
    seed,
    epoch,
    index,
  }: {
    readonly seed: number;
    readonly epoch: number;
    readonly index: number;
  },
  height: number,
  width: number,
): Box;
export declare function noiseKey({
  seed,
  epoch,
  indices,
}: {
  readonly seed: number;
  readonly epoch: number;
  readonly indices: readonly number[];
}): Int32Array<ArrayBuffer>;
