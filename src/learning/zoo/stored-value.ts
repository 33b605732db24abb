// Tensors of files as weights.

import { SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText, type Shape } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";

/**
 * A tensor of a file in f32.
 * @param where what the file is, for errors
 * @throws format where it is missing or of another shape
 */
export function storedValue(where: string, name: string, stored: StoredTensor | undefined, expected: Shape): Tensor {
  if (stored !== undefined && sameShape(stored.shape, expected)) {
    return tensor(stored.data, { shape: stored.shape, dtype: stored.dtype }).cast("f32");
  }
  const came = stored === undefined ? "is missing" : `is ${shapeText(stored.shape)}`;
  throw new SinterError(
    "format",
    `${where}: weight "${name}" ${came}, expected ${shapeText(expected)}. Give the weights of this very model.`,
    { name, expected },
  );
}
