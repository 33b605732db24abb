// Matrices that say from where each pixel of a moved picture is read. Pure host code.

/** A 2 x 3 matrix: output (row, column, 1) to the input's row and column. */
export type AffineMatrix = readonly [number, number, number, number, number, number];

/** Moves nothing. */
export const identityMatrix: AffineMatrix = [1, 0, 0, 0, 1, 0];

/**
 * Sheared about the upper left corner: columns by `across` a row, rows by `down` a column.
 * @source Keras 3.15, RandomShear
 */
export function shearMatrix(across: number, down: number): AffineMatrix {
  return [1, down, 0, across, 1, 0];
}

/** Moved down and to the right by so many pixels. */
export function translationMatrix(down: number, right: number): AffineMatrix {
  return [1, 0, -down, 0, 1, -right];
}

/** Turned about the centre. @param degrees clockwise is negative, as in Keras's RandomRotation */
export function rotationMatrix(degrees: number, height: number, width: number): AffineMatrix {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [row, column] = [(height - 1) / 2, (width - 1) / 2];
  return [cos, sin, row - cos * row - sin * column, -sin, cos, column - cos * column + sin * row];
}
