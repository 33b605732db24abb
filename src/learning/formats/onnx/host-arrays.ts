// Movement of values on the host, of numbers and of texts: strided copies, and what is made of them.

import { sizeOf, stridesOf, type Shape } from "#engine/base/shape.ts";
import type { HostValues } from "./graph.ts";
import { onHost } from "./limits.ts";
import type { HostNumbers } from "./value.ts";

/** How a result walks over its source, in elements. */
export interface Walk {
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset?: number;
}

/** The elements that a walk meets, in order. */
export function walk<Values extends HostValues>(source: Values, { shape, strides, offset = 0 }: Walk): Values {
  const places = placesOf({ shape, strides, offset });
  return gathered(source, places);
}

/** The elements at places, in order; as many as there are places. */
export function gathered<Values extends HostValues>(source: Values, places: Int32Array): Values;
export function gathered(source: HostValues, places: Int32Array): HostValues {
  if (!ArrayBuffer.isView(source)) return Array.from(places, (place) => source[place] ?? "");
  const result = emptyLike(source, places.length);
  for (let index = 0; index < places.length; index += 1) result[index] = source[places[index] ?? 0] ?? 0;
  return result;
}

/** Zeros in the kind of array that another is. */
export function emptyLike(source: HostNumbers, size: number): HostNumbers {
  if (source instanceof Float32Array) return new Float32Array(size);
  if (source instanceof Float64Array) return new Float64Array(size);
  if (source instanceof Int32Array) return new Int32Array(size);
  if (source instanceof Uint8Array) return new Uint8Array(size);
  if (source instanceof Int8Array) return new Int8Array(size);
  if (source instanceof Int16Array) return new Int16Array(size);
  return source instanceof Uint16Array ? new Uint16Array(size) : new Uint32Array(size);
}

/** Row-major places of a walk. */
export function placesOf({ shape, strides, offset = 0 }: Walk): Int32Array {
  const places = new Int32Array(onHost(sizeOf(shape), "a shape"));
  const index = shape.map(() => 0);
  let place = offset;
  for (let count = 0; count < places.length; count += 1) {
    places[count] = place;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const next = (index[axis] ?? 0) + 1;
      if (next < (shape[axis] ?? 1)) {
        index[axis] = next;
        place += strides[axis] ?? 0;
        break;
      }
      place -= (next - 1) * (strides[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return places;
}

/** Values repeated to a shape by NumPy's rules. */
export function expandValues<Values extends HostValues>(source: Values, shape: Shape, target: Shape): Values {
  if (shape.length === target.length && shape.every((extent, axis) => extent === target[axis])) return source;
  const own = stridesOf(shape);
  const before = target.length - shape.length;
  const strides = target.map((_, axis) => ((shape[axis - before] ?? 1) === 1 ? 0 : (own[axis - before] ?? 0)));
  return walk(source, { shape: target, strides });
}
