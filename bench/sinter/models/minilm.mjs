// MiniLM (all-MiniLM-L6-v2): a BERT of 6 layers, width 384, 12 heads, feed-forward 1536, on 64 tokens; the mean of a text's tokens.
import { bert } from "sinter";
import { miniLmTokens } from "../../protocol.mjs";

export function minilm() {
  const size = { hiddenSize: 384, numLayers: 6, numHeads: 12, intermediateSize: 1536 };
  return bert({ ...size, sequenceLength: miniLmTokens, pooling: "mean" });
}
