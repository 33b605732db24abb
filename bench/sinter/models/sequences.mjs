// Models over sequences: recurrent ones of 256 units over 100 steps of 64 values, a convolutional network over 150 steps
// (Wang et al. 2017), a mean of 100 out of 100,000 word vectors, attention of 8 heads over 1,024 and 4,096 places.
import { layers, model, sequential } from "sinter";

const head = () => layers.dense({ units: 10, activation: "softmax" });
const inputShape = [100, 64];

export const lstm = () => sequential([layers.lstm({ units: 256, inputShape }), head()]);
export const gru = () => sequential([layers.gru({ units: 256, inputShape }), head()]);
export const bilstm = () =>
  sequential([layers.bidirectional({ layer: layers.lstm({ units: 256 }), inputShape }), head()]);

export function cnn1d() {
  const block = (filters, kernelSize, options) => [
    layers.conv1d({ filters, kernelSize, padding: "same", ...options }),
    layers.batchNormalization(),
    layers.activation({ activation: "relu" }),
  ];
  const blocks = [...block(128, 8, { inputShape: [150, 1] }), ...block(256, 5), ...block(128, 3)];
  return sequential([...blocks, layers.globalAveragePooling1d(), head()]);
}

export const words = () =>
  sequential([
    layers.embedding({ inputDim: 100_000, outputDim: 64, inputShape: [100] }),
    layers.globalAveragePooling1d(),
    head(),
  ]);

/** Self-attention of 8 heads of 32 over the places. */
function attention(numPlaces) {
  const x = layers.input({ shape: [numPlaces, 256] });
  const y = layers.multiHeadAttention({ numHeads: 8, keyDim: 32 }).apply([x, x]);
  return model({ inputs: x, outputs: head().apply(layers.globalAveragePooling1d().apply(y)) });
}
export const attention1024 = () => attention(1024);
export const attention4096 = () => attention(4096);

/** Shapes of a sample; `words` takes numbers of words. */
export const sequenceShapes = {
  lstm: inputShape,
  gru: inputShape,
  bilstm: inputShape,
  cnn1d: [150, 1],
  words: [100],
  attention1024: [1024, 256],
  attention4096: [4096, 256],
};
