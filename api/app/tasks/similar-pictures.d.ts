import type { BrokenSample } from "../../learning/data/dataset.js";
export interface SimilarPicturesOptions {
  readonly model: string;
  readonly weights?: string | undefined;
  readonly imageSize?: readonly [height: number, width: number] | undefined;
  readonly top?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
export interface SimilarPicture {
  readonly file: string;
  readonly similarity: number;
}
export interface SimilarPictures {
  readonly found: readonly SimilarPicture[];
  readonly numPictures: number;
  readonly broken: readonly BrokenSample[];
}
export declare function similarPictures(
  picture: string,
  folder: string,
  options: SimilarPicturesOptions,
): Promise<SimilarPictures>;
