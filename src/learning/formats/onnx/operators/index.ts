// The closed list of operators.

import type { Operators } from "../operator.ts";
import { activationOperators } from "./activations.ts";
import { elementwiseOperators } from "./elementwise.ts";
import { normOperators } from "./norms.ts";
import { poolOperators } from "./pools.ts";
import { productOperators } from "./products.ts";
import { reductionOperators } from "./reductions.ts";
import { lookupOperators } from "./lookups.ts";
import { lossOperators } from "./losses.ts";
import { resizeOperators } from "./resize.ts";
import { paddingOperators } from "./padding.ts";
import { quantizedOperators } from "./quantized.ts";
import { sequenceOperators } from "./sequences.ts";
import { recurrentOperators } from "./recurrent.ts";
import { samplingOperators } from "./sampling.ts";
import { hostOperators } from "./host.ts";
import { signalOperators } from "./signals.ts";
import { stringOperators } from "./strings.ts";
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
  ...stringOperators,
  ...signalOperators,
  ...hostOperators,
  ...samplingOperators,
  ...recurrentOperators,
  ...sequenceOperators,
  ...quantizedOperators,
  ...paddingOperators,
  ...resizeOperators,
  ...lossOperators,
  ...lookupOperators,
};
