import { type Tensor } from "../../engine/tensor/tensor.js";
export type VectorRows = Tensor | readonly (readonly number[] | Float32Array)[];
export interface NearestNeighboursOptions {
  readonly metric?: "cosine" | "euclidean";
}
export interface NeighbourSearchOptions {
  readonly numNeighbours?: number;
}
export interface Neighbour {
  readonly index: number;
  readonly score: number;
}
export declare class NearestNeighbours {
  #private;
  readonly numRows: number;
  readonly numFeatures: number;
  readonly metric: "cosine" | "euclidean";
  constructor(rows: Float32Array, numFeatures: number, metric: "cosine" | "euclidean");
  search(queries: VectorRows, options?: NeighbourSearchOptions): Promise<Neighbour[][]>;
}
export declare function nearestNeighbours(
  rows: VectorRows,
  options?: NearestNeighboursOptions,
): Promise<NearestNeighbours>;
