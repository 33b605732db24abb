export interface Decoder {
  decode(ids: ArrayLike<number>): string;
}
export interface TextPiecesOptions {
  readonly before?: ArrayLike<number>;
  readonly stop?: string | readonly string[];
}
export declare function textPieces(
  tokens: AsyncIterable<number>,
  words: Decoder,
  { before, stop }?: TextPiecesOptions,
): AsyncGenerator<string, void, undefined>;
export declare function stopWords(stop: string | readonly string[]): readonly string[];
