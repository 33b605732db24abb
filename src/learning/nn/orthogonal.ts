// A random orthogonal matrix from matrix products alone: the orthogonal factor of normal numbers, which is as evenly spread
// over all such matrices as the Q of their QR decomposition, that Keras takes.

import { SinterError } from "#engine/base/error.ts";
import { shapeText, sizeOf, type Shape } from "#engine/base/shape.ts";
import { normal } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit } from "#engine/tensor/transforms.ts";

/** Steps that lift singular values from 1e-7 to about 1, and steps that then make them 1 to the last bits of a float. */
const [numLifts, numPolishes] = [14, 7];
/** Of the odd polynomial a x + b x³ + c x⁵ that lifts: it takes 0 to 1 into 0 to 1.2, and has slope 3.4 at 0. */
const [a, b, c] = [3.4445, -4.775, 2.0315];

/**
 * A matrix of all axes but the last by the last, whose shorter side's vectors are orthonormal.
 * @param key i32 [2]
 * @param shape of rank 2 and more
 * @throws shape for fewer axes
 * @source Saxe et al. 2014; Higham 2008, Functions of matrices, section 8.3 (Newton and Schulz); Jordan et al. 2024, Muon
 */
export function orthogonalMatrix(key: Tensor, shape: Shape): Tensor {
  const numColumns = shape.at(-1) ?? 1;
  const numRows = sizeOf(shape.slice(0, -1));
  if (shape.length < 2) {
    throw new SinterError("shape", `orthogonal: shape ${shapeText(shape)} has no matrix. Use it for rank 2 and more.`, {
      shape,
    });
  }
  const isWide = numColumns > numRows;
  const [long, short] = isWide ? [numColumns, numRows] : [numRows, numColumns];
  // Singular values of normal numbers reach √long + √short, hardly ever more.
  let matrix = normal(key, [long, short]).div(1.1 * (Math.sqrt(long) + Math.sqrt(short)));
  // One program each, instead of one of a hundred products.
  const lift = jit((x: Tensor) => {
    const gram = x.transpose().matMul(x); // [short, short]
    return x.mul(a).add(x.matMul(gram.mul(b).add(gram.matMul(gram).mul(c))));
  });
  const polish = jit((x: Tensor) => x.mul(1.5).sub(x.matMul(x.transpose().matMul(x)).mul(0.5)));
  for (let step = 0; step < numLifts + numPolishes; step += 1) matrix = step < numLifts ? lift(matrix) : polish(matrix);
  return (isWide ? matrix.transpose() : matrix).reshape(shape);
}
