// One program for Node and for pages: an LSTM and a decoder of one block learn made sequences, and give their losses. It is
// handed the door.

import type * as Sinter from "#entry/main.ts";

/** The names of the door that the program uses. */
export type SequenceDoor = Pick<typeof Sinter, "closeDevice" | "layers" | "model" | "sequential" | "tensor">;

/** The loss before every update. */
export interface TrainedSequences {
  readonly recurrent: readonly number[];
  readonly transformer: readonly number[];
}

const [numSequences, time, numWords, width] = [16, 8, 5, 8];
const numSteps = 24;

/** Word t of sequence s; equal everywhere. */
function wordOf(sequence: number, place: number): number {
  return (sequence * 3 + place * (1 + (sequence % 2))) % numWords;
}

export async function trainSequences(door: SequenceDoor): Promise<TrainedSequences> {
  const { closeDevice, tensor } = door;
  const words = Int32Array.from({ length: numSequences * time }, (_, at) => wordOf(Math.floor(at / time), at % time));
  const next = Int32Array.from(words, (_, at) => wordOf(Math.floor(at / time), (at % time) + 1));
  const classes = Int32Array.from({ length: numSequences }, (_, sequence) => sequence % 2);
  const x = tensor(words, { shape: [numSequences, time] });
  const recurrent = makeRecurrent(door);
  const transformer = makeTransformer(door);
  const losses: { recurrent: number[]; transformer: number[] } = { recurrent: [], transformer: [] };
  for (let step = 0; step < numSteps; step += 1) {
    losses.recurrent.push((await recurrent.trainOnBatch(x, classes))["loss"] ?? NaN);
    const y = tensor(next, { shape: [numSequences, time] });
    losses.transformer.push((await transformer.trainOnBatch(x, y))["loss"] ?? NaN);
  }
  await closeDevice();
  return losses;
}

function makeRecurrent({ layers, sequential }: SequenceDoor) {
  const net = sequential(
    [
      layers.embedding({ inputDim: numWords, outputDim: 4, maskZero: true, inputShape: [time] }),
      layers.bidirectional({ layer: layers.lstm({ units: 6 }) }),
      layers.dense({ units: 2, activation: "softmax" }),
    ],
    { seed: 4 },
  );
  net.compile({ optimizer: "adam", learningRate: 0.02, loss: "sparseCategoricalCrossentropy" });
  return net;
}

function makeTransformer({ layers, model }: SequenceDoor) {
  const tokens = layers.input({ shape: [time], dtype: "i32" });
  const vectors = layers.embedding({ inputDim: numWords, outputDim: width }).apply(tokens);
  const placed = layers.add().apply([vectors, layers.positionEmbedding({ sequenceLength: time }).apply(vectors)]);
  const attention = layers.multiHeadAttention({ numHeads: 2, keyDim: 4, useCausalMask: true });
  const seen = layers.layerNormalization().apply(layers.add().apply([placed, attention.apply([placed, placed])]));
  const outputs = layers.dense({ units: numWords, activation: "softmax" }).apply(seen);
  const net = model({ inputs: tokens, outputs, seed: 4 });
  net.compile({ optimizer: "adam", learningRate: 0.02, loss: "sparseCategoricalCrossentropy" });
  return net;
}
