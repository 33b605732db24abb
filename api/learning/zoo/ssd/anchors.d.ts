export type Extents = readonly [height: number, width: number];
export interface AnchorOptions {
  readonly size: Extents;
  readonly maps: readonly Extents[];
  readonly aspectRatios: readonly (readonly number[])[];
  readonly scales: readonly number[];
  readonly steps?: readonly number[] | undefined;
}
export declare function anchorsPerPlace(aspectRatios: readonly (readonly number[])[]): number[];
export declare function defaultBoxes(options: AnchorOptions): Float32Array<ArrayBuffer>;
export declare function evenScales(numMaps: number, smallest: number, largest: number): number[];
