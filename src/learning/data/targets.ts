// Targets of samples: how a class number, or a row of given values, is laid out in a batch. Never reads a sample.

import { type DType, type HostArray, hostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { HostTensor, LabelMode } from "#learning/data/dataset.ts";

/** Writes the target of a sample into row `row` of a batch. */
export interface Targets {
  readonly rowShape: readonly number[];
  readonly dtype: DType;
  write(index: number, batch: HostArray, row: number): void;
}

/** A batch of targets for the given samples. */
export function gatherTargets(targets: Targets, indices: readonly number[]): HostTensor {
  const data = hostArray(targets.dtype, indices.length * sizeOf(targets.rowShape));
  indices.forEach((index, row) => targets.write(index, data, row));
  return { data, shape: [indices.length, ...targets.rowShape], dtype: targets.dtype };
}

/**
 * Targets from class numbers. binary: f32 [1]; categorical: f32 one-hot [numClasses]; sparse: i32 scalar.
 * @throws option when "binary" is asked for other than two classes
 */
export function classTargets(labels: Int32Array, numClasses: number, mode: LabelMode, name: string): Targets {
  const labelOf = (index: number): number => labels[index] ?? 0;
  switch (mode) {
    case "binary":
      if (numClasses !== 2) {
        throw new SinterError(
          "option",
          `${name}: labelMode "binary" needs 2 classes, there are ${numClasses}. Use labelMode: "categorical".`,
          { numClasses },
        );
      }
      return { rowShape: [1], dtype: "f32", write: (index, batch, row) => void (batch[row] = labelOf(index)) };
    case "categorical":
      return {
        rowShape: [numClasses],
        dtype: "f32",
        write: (index, batch, row) => void (batch[row * numClasses + labelOf(index)] = 1),
      };
    case "sparse":
      return { rowShape: [], dtype: "i32", write: (index, batch, row) => void (batch[row] = labelOf(index)) };
    default:
      throw new SinterError(
        "option",
        `${name}: labelMode "${mode}" is not known here. Use "binary", "categorical", "sparse" or "none".`,
        { mode },
      );
  }
}

/** Targets given as values, one row a sample. @param shape [n, ...rowShape] */
export function valueTargets({ data, shape, dtype }: HostTensor): Targets {
  const rowShape = shape.slice(1);
  const size = sizeOf(rowShape);
  return {
    rowShape,
    dtype,
    write: (index, batch, row) => batch.set(data.subarray(index * size, (index + 1) * size), row * size),
  };
}
