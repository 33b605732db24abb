// The closed list of TensorFlow's operations that graph-models are computed with.

import type { Operators } from "../../onnx/operator.ts";
import { blockOperators } from "./blocks.ts";
import { elementwiseOperators } from "./elementwise.ts";
import { partOperators } from "./parts.ts";
import { pictureOperators } from "./pictures.ts";
import { productOperators } from "./products.ts";
import { reductionOperators } from "./reductions.ts";
import { shapeOperators } from "./shapes.ts";
import { tensorListOperators } from "./tensor-lists.ts";

/** Their domain among the operators of a graph. */
export const domain = "tensorflow";

const byName: Operators = {
  ...elementwiseOperators,
  ...shapeOperators,
  ...partOperators,
  ...blockOperators,
  ...productOperators,
  ...pictureOperators,
  ...reductionOperators,
  ...tensorListOperators,
};

/** Every operation, by its domain and name. */
export const tensorflowOperators: Operators = Object.fromEntries(
  Object.entries(byName).map(([name, operator]) => [`${domain}:${name}`, operator]),
);

/** Whether an operation is computed. */
export function isComputed(operation: string): boolean {
  return Object.hasOwn(byName, operation);
}
