// A Transformer encoder (Vaswani et al. 2017): 4 layers, width 256, 8 heads, feed-forward 1024, on 128 tokens; the mean
// of the tokens is classified. Embedding and attention are layers of our own.
import { layers, makeLayer, model } from "sinter";

export const transformerSize = { numTokens: 128, vocabulary: 1000, numClasses: 10 };
const { numTokens, vocabulary, numClasses } = transformerSize;
const [numLayers, width, numHeads, hidden] = [4, 256, 8, 1024];

const normal = { kind: "randomNormal", mean: 0, stddev: 0.02 };

/** Vectors of the tokens plus those of their places. */
function embedding(options = {}) {
  return makeLayer({
    kind: "embedding",
    className: "Embedding",
    options,
    known: [],
    config: {},
    weights: () => [
      { name: "tokens", shape: [vocabulary, width], initializer: normal, trainable: true },
      { name: "places", shape: [numTokens, width], initializer: normal, trainable: true },
    ],
    outputTypes: ([{ shape }]) => [{ shape: [...shape, width], dtype: "f32" }],
    call: ({ tokens, places }, [x]) => ({ outputs: [tokens.take(x).add(places)] }), // [batch, time, width]
  });
}

/** softmax(q kᵀ / √dim) v for each head; q, k and v come side by side. */
function attention(options = {}) {
  const dim = width / numHeads;
  return makeLayer({
    kind: "attention",
    className: "Attention",
    options,
    known: [],
    config: {},
    outputTypes: ([{ shape }]) => [{ shape: [shape[0], width], dtype: "f32" }],
    call: (_, [x]) => {
      const heads = x.reshape([-1, numTokens, 3, numHeads, dim]).transpose([2, 0, 3, 1, 4]);
      const [q, k, v] = [0, 1, 2].map((which) =>
        heads.slice([which, 0, 0, 0, 0], [1, ...heads.shape.slice(1)]).squeeze(0),
      ); // [batch, heads, time, dim]
      const scores = q.mul(1 / Math.sqrt(dim)).matMul(k.transpose([0, 1, 3, 2])); // [batch, heads, time, time]
      const mixed = scores.softmax(-1).matMul(v); // [batch, heads, time, dim]
      return { outputs: [mixed.transpose([0, 2, 1, 3]).reshape([-1, numTokens, width])] };
    },
  });
}

/** The mean over the tokens. */
function mean(options = {}) {
  return makeLayer({
    kind: "mean",
    className: "Mean",
    options,
    known: [],
    config: {},
    outputTypes: ([{ shape }]) => [{ shape: shape.slice(1), dtype: "f32" }],
    call: (_, [x]) => ({ outputs: [x.mean(1)] }),
  });
}

const dense = (x, units, activation) => layers.dense({ units, activation }).apply(x);
const addedAndNormalized = (x, y) => layers.layerNormalization({ epsilon: 1e-5 }).apply(layers.add().apply([x, y]));

function encoderLayer(x) {
  const attended = dense(attention().apply(dense(x, 3 * width)), width);
  const y = addedAndNormalized(x, attended);
  return addedAndNormalized(y, dense(dense(y, hidden, "relu"), width));
}

export function transformer() {
  const input = layers.input({ shape: [numTokens], dtype: "i32" });
  let x = embedding().apply(input);
  for (let layer = 0; layer < numLayers; layer++) x = encoderLayer(x);
  return model({ inputs: input, outputs: dense(mean().apply(x), numClasses, "softmax") });
}
