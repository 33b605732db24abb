// The models of the wider suite, each with a batch of its size.
import { tensor } from "sinter";
import { miniLmTokens, numbers, textTokens } from "../../protocol.mjs";
import { minilm } from "./minilm.mjs";
import { mlp } from "./mlp.mjs";
import { mobilenetv2 } from "./mobilenetv2.mjs";
import { resnet50 } from "./resnet50.mjs";
import * as sequences from "./sequences.mjs";
import { transformer, transformerSize } from "./transformer.mjs";
import { vgg16 } from "./vgg16.mjs";

const { sequenceShapes, ...sequenceMakers } = sequences;
const makers = { minilm, mobilenetv2, resnet50, vgg16, transformer, mlp, ...sequenceMakers };

/** The model that `name` names, compiled with Adam. */
export function makeModel(name) {
  const model = makers[name]();
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
  return model;
}

/** Inputs and class numbers. */
export function makeBatch(name, size) {
  const labels = (numClasses) => tensor(Int32Array.from({ length: size }, (_, index) => (index * 7) % numClasses));
  if (name === "minilm") return { x: tensor(textTokens(size), { shape: [size, miniLmTokens] }), y: labels(10) };
  if (name === "transformer") {
    const { numTokens, vocabulary, numClasses } = transformerSize;
    const tokens = Int32Array.from({ length: size * numTokens }, (_, index) => (index * 31) % vocabulary);
    return { x: tensor(tokens, { shape: [size, numTokens] }), y: labels(numClasses) };
  }
  const sample = name === "mlp" ? [784] : (sequenceShapes[name] ?? [224, 224, 3]);
  const shape = [size, ...sample];
  const numElements = shape.reduce((product, extent) => product * extent, 1);
  const y = labels(sample.length === 3 ? 1000 : 10);
  if (name !== "words") return { x: tensor(numbers(numElements), { shape }), y };
  return {
    x: tensor(
      Int32Array.from({ length: numElements }, (_, index) => (index * 9973) % 100_000),
      { shape },
    ),
    y,
  };
}
