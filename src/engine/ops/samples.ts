// Sample arguments for the cases of primitives, by the names that tests/laws understand.

import type { DType } from "#engine/base/dtype.ts";
import type { Shape } from "#engine/base/shape.ts";
import type { Sample } from "#engine/graph/primitive.ts";

/** Normal numbers around 0, kept off the kinks at integers and at 0. */
export function normal(shape: Shape, dtype: DType = "f32"): Sample {
  return { kind: "normal", type: { dtype, shape } };
}

/** Numbers from 0.5 to 2. */
export function positive(shape: Shape): Sample {
  return { kind: "positive", type: { dtype: "f32", shape } };
}

/** Integers from 0 to below `bound`. */
export function below(bound: number, shape: Shape, dtype: DType = "i32"): Sample {
  return { kind: "below", bound, type: { dtype, shape } };
}

/** Any bits of the dtype. */
export function bits(shape: Shape, dtype: DType = "i32"): Sample {
  return { kind: "bits", type: { dtype, shape } };
}

/** Numbers of which no two are near each other. */
export function distinct(shape: Shape, dtype: DType = "f32"): Sample {
  return { kind: "distinct", type: { dtype, shape } };
}
