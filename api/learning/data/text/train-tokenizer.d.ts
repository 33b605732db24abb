import { type TokenizerJson } from "./tokenizer-json.js";
interface TrainTokenizerOptions {
  readonly vocabularySize?: number;
  readonly minFrequency?: number;
  readonly specialTokens?: readonly string[];
}
export interface TrainBytePairOptions extends TrainTokenizerOptions {
  readonly unit?: "byte" | "character";
}
export interface TrainWordPieceOptions extends TrainTokenizerOptions {
  readonly lowercase?: boolean;
  readonly limitAlphabet?: number;
}
export declare function trainBytePair(texts: Iterable<string>, options?: TrainBytePairOptions): TokenizerJson;
export declare function trainWordPiece(texts: Iterable<string>, options?: TrainWordPieceOptions): TokenizerJson;
export declare function wordPieceJson(tokens: readonly string[], lowercase: boolean): TokenizerJson;
export {};
