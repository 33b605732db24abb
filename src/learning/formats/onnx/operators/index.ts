// The closed list of operators.

import type { Operators } from "../operator.ts";
import { activationOperators } from "./activations.ts";
import { elementwiseOperators } from "./elementwise.ts";
import { normOperators } from "./norms.ts";
import { poolOperators } from "./pools.ts";
import { productOperators } from "./products.ts";
import { reductionOperators } from "./reductions.ts";
import { shapeOperators } from "./shapes.ts";

/** Every operator that is computed, by ONNX's names. */
export const operators: Operators = {
  ...elementwiseOperators,
  ...activationOperators,
  ...shapeOperators,
  ...productOperators,
  ...poolOperators,
  ...normOperators,
  ...reductionOperators,
};
