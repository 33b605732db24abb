import { type EmbedOptions } from "./text-embedder.js";
export interface EmbedFileOptions extends EmbedOptions {
  readonly model: string;
  readonly out?: string | undefined;
  readonly overwrite?: boolean | undefined;
}
export interface EmbeddedTexts {
  readonly names: readonly string[];
  readonly texts: readonly string[];
  readonly vectors: Float32Array;
  readonly dimension: number;
}
export declare const embeddingEndings: readonly string[];
export declare function embedFile(path: string, options: EmbedFileOptions): Promise<EmbeddedTexts>;
export declare function nearestTexts({ names, vectors, dimension }: EmbeddedTexts): {
  place: number;
  cosine: number;
}[];
