// Samples of recurrent layers and of attention for the laws of layers.test.ts.

import { layers } from "#learning/nn/layers.ts";
import type { Sample } from "./layer-samples.ts";

/** Time and inputs. */
const series = [5, 4];
const l2 = { kind: "l1l2", l1: 0.01, l2: 0.02 } as const;

type Samples<Kind extends keyof typeof layers> = Readonly<Record<Kind, readonly Sample[]>>;

export const recurrentSamples: Samples<
  | "simpleRnn"
  | "lstm"
  | "gru"
  | "simpleRnnCell"
  | "lstmCell"
  | "gruCell"
  | "stackedRnnCells"
  | "rnn"
  | "bidirectional"
  | "timeDistributed"
  | "convLstm1d"
  | "convLstm2d"
  | "convLstm3d"
> = {
  simpleRnn: [
    { make: (inputShape) => layers.simpleRnn({ units: 3, inputShape }), input: series },
    {
      make: () => layers.simpleRnn({ units: 3, useBias: false, activation: "relu", returnSequences: true }),
      input: series,
      others: [[3]],
    },
  ],
  lstm: [
    { make: (inputShape) => layers.lstm({ units: 3, inputShape }), input: series },
    {
      make: (inputShape) =>
        layers.lstm({
          units: 3,
          returnSequences: true,
          goBackwards: true,
          dropout: 0.3,
          kernelRegularizer: l2,
          inputShape,
        }),
      input: series,
    },
    {
      make: () => layers.lstm({ units: 3, returnState: true, recurrentDropout: 0.3, unitForgetBias: false }),
      input: series,
      others: [[3], [3]],
    },
    { make: (inputShape) => layers.lstm({ units: 2, stateful: true, batchSize: 3, inputShape }), input: series },
  ],
  gru: [
    { make: (inputShape) => layers.gru({ units: 3, inputShape }), input: series },
    {
      make: (inputShape) =>
        layers.gru({ units: 3, resetAfter: false, returnSequences: true, recurrentDropout: 0.3, inputShape }),
      input: series,
    },
  ],
  simpleRnnCell: [{ make: () => layers.simpleRnnCell({ units: 3 }), input: [4], others: [[3]] }],
  lstmCell: [{ make: () => layers.lstmCell({ units: 3 }), input: [4], others: [[3], [3]] }],
  gruCell: [
    { make: () => layers.gruCell({ units: 3, recurrentActivation: "hardSigmoid" }), input: [4], others: [[3]] },
  ],
  stackedRnnCells: [
    {
      make: () => layers.stackedRnnCells({ cells: [layers.gruCell({ units: 2 }), layers.lstmCell({ units: 3 })] }),
      input: [4],
      others: [[2], [3], [3]],
    },
  ],
  rnn: [
    { make: (inputShape) => layers.rnn({ cell: layers.gruCell({ units: 3 }), inputShape }), input: series },
    {
      make: (inputShape) =>
        layers.rnn({
          cell: [layers.lstmCell({ units: 2 }), layers.simpleRnnCell({ units: 3 })],
          returnSequences: true,
          returnState: true,
          inputShape,
        }),
      input: series,
    },
    {
      make: (inputShape) =>
        layers.rnn({ cell: [layers.gruCell({ units: 2 }), layers.gruCell({ units: 3 })], inputShape }),
      input: series,
    },
  ],
  bidirectional: [
    { make: (inputShape) => layers.bidirectional({ layer: layers.lstm({ units: 3 }), inputShape }), input: series },
    {
      make: (inputShape) =>
        layers.bidirectional({ layer: layers.gru({ units: 3, returnSequences: true }), mergeMode: "sum", inputShape }),
      input: series,
    },
    {
      make: (inputShape) =>
        layers.bidirectional({ layer: layers.simpleRnn({ units: 3, returnState: true }), mergeMode: null, inputShape }),
      input: series,
    },
  ],
  timeDistributed: [
    { make: (inputShape) => layers.timeDistributed({ layer: layers.dense({ units: 3 }), inputShape }), input: series },
    {
      make: (inputShape) => layers.timeDistributed({ layer: layers.batchNormalization(), inputShape }),
      input: [2, ...series],
    },
  ],
  convLstm1d: [
    { make: (inputShape) => layers.convLstm1d({ filters: 2, kernelSize: 3, inputShape }), input: [3, 6, 2] },
  ],
  convLstm2d: [
    {
      make: (inputShape) =>
        layers.convLstm2d({
          filters: 2,
          kernelSize: 3,
          padding: "same",
          returnSequences: true,
          recurrentDropout: 0.2,
          inputShape,
        }),
      input: [3, 4, 5, 2],
    },
  ],
  convLstm3d: [
    {
      make: (inputShape) => layers.convLstm3d({ filters: 2, kernelSize: 2, strides: 2, inputShape }),
      input: [2, 4, 4, 4, 1],
    },
  ],
};

export const attentionSamples: Samples<
  | "embedding"
  | "reversibleEmbedding"
  | "masking"
  | "positionEmbedding"
  | "classToken"
  | "layerScale"
  | "sinePositionEncoding"
  | "rotaryEmbedding"
  | "attention"
  | "additiveAttention"
  | "multiHeadAttention"
  | "groupQueryAttention"
  | "causalAttention"
> = {
  embedding: [
    { make: (inputShape) => layers.embedding({ inputDim: 6, outputDim: 3, inputShape }), input: [4], range: [0, 6] },
    {
      make: (inputShape) =>
        layers.embedding({
          inputDim: 5,
          outputDim: 2,
          maskZero: true,
          embeddingsInitializer: "glorotNormal",
          embeddingsRegularizer: l2,
          inputShape,
        }),
      input: [2, 3],
      range: [0, 5],
    },
  ],
  reversibleEmbedding: [
    { make: (inputShape) => layers.reversibleEmbedding({ inputDim: 6, outputDim: 3, inputShape }), input: [4, 3] },
    {
      make: (inputShape) =>
        layers.reversibleEmbedding({
          inputDim: 5,
          outputDim: 2,
          tieWeights: false,
          logitSoftCap: 3,
          embeddingsConstraint: "unitNorm",
          inputShape,
        }),
      input: [3, 2],
    },
  ],
  masking: [{ make: (inputShape) => layers.masking({ maskValue: 0.5, inputShape }), input: [4, 3] }],
  positionEmbedding: [
    {
      make: (inputShape) => layers.positionEmbedding({ sequenceLength: 5, initializer: "heNormal", inputShape }),
      input: [4, 3],
    },
  ],
  classToken: [
    { make: (inputShape) => layers.classToken({ initializer: "glorotUniform", inputShape }), input: [4, 3] },
  ],
  layerScale: [
    { make: (inputShape) => layers.layerScale({ initValues: 0.5, inputShape }), input: [4, 3] },
    { make: (inputShape) => layers.layerScale({ inputShape }), input: [2, 3, 5] },
  ],
  sinePositionEncoding: [
    { make: (inputShape) => layers.sinePositionEncoding({ maxWavelength: 50, inputShape }), input: [4, 3] },
  ],
  rotaryEmbedding: [
    { make: (inputShape) => layers.rotaryEmbedding({ inputShape }), input: [4, 6] },
    {
      make: (inputShape) => layers.rotaryEmbedding({ maxWavelength: 50, scalingFactor: 2, inputShape }),
      input: [4, 3, 2],
    },
  ],
  attention: [
    { make: (inputShape) => layers.attention({ useScale: true, useCausalMask: true, inputShape }), input: [4, 3] },
    {
      make: () => layers.attention({ scoreMode: "concat", dropout: 0.3 }),
      input: [4, 3],
      others: [
        [5, 2],
        [5, 3],
      ],
    },
    {
      make: () => layers.attention({ returnAttentionScores: true, dropout: 0.5, seed: 2 }),
      input: [4, 3],
      others: [[5, 3]],
    },
  ],
  additiveAttention: [
    { make: (inputShape) => layers.additiveAttention({ inputShape }), input: [4, 3] },
    { make: () => layers.additiveAttention({ useScale: false, dropout: 0.3 }), input: [4, 3], others: [[5, 3]] },
  ],
  multiHeadAttention: [
    { make: (inputShape) => layers.multiHeadAttention({ numHeads: 2, keyDim: 3, inputShape }), input: [4, 5] },
    {
      make: (inputShape) =>
        layers.multiHeadAttention({
          numHeads: 2,
          keyDim: 3,
          valueDim: 4,
          useGate: true,
          useCausalMask: true,
          slidingWindow: 3,
          outputShape: [2, 3],
          kernelInitializer: "heNormal",
          kernelRegularizer: l2,
          inputShape,
        }),
      input: [5, 4],
    },
    {
      make: () => layers.multiHeadAttention({ numHeads: 2, keyDim: 3, dropout: 0.4, returnAttentionScores: true }),
      input: [4, 5],
      others: [
        [3, 5],
        [3, 2],
      ],
    },
    {
      make: () => layers.multiHeadAttention({ numHeads: 1, keyDim: 2, useBias: false, attentionAxes: [2] }),
      input: [2, 4, 3],
      others: [[2, 3, 3]],
    },
  ],
  causalAttention: [
    { make: (inputShape) => layers.causalAttention({ numHeads: 2, dropout: 0.3, inputShape }), input: [4, 12] },
    {
      make: () =>
        layers.causalAttention({ numHeads: 4, numKeyValueHeads: 2, rotaryFrequencies: [1, 0.1], contextLength: 6 }),
      input: [5, 16],
      others: [
        [5, 8],
        [5, 8],
      ],
    },
  ],
  groupQueryAttention: [
    {
      make: (inputShape) =>
        layers.groupQueryAttention({ headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2, inputShape }),
      input: [4, 5],
    },
    {
      make: () =>
        layers.groupQueryAttention({
          headDim: 3,
          numQueryHeads: 3,
          numKeyValueHeads: 1,
          dropout: 0.2,
          useGate: true,
          returnAttentionScores: true,
        }),
      input: [4, 5],
      others: [[6, 5]],
    },
  ],
};
