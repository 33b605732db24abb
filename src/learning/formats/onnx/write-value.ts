// Values of an ONNX graph that stand for nodes of sinter's: perhaps with the axes in another order, or with extent 1 where the
// node repeats an element. So transposes and repetitions are written only where an operator needs them.

import { hostArray, type DType, type HostArray } from "#engine/base/dtype.ts";
import { sizeOf, stridesOf } from "#engine/base/shape.ts";
import { fixedExtent, isOne, sameExtent, type Extent } from "./write-extents.ts";
import { ints, isSingle, type Scope } from "./write-scope.ts";

/** Numbers known when the file is written; axes as the node's, extent 1 where it repeats. */
export interface Known {
  readonly kind: "known";
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: HostArray;
  /** What its tensors are named after. */
  readonly label: string;
  /** Names of its tensors by order and rank. */
  readonly written: Map<string, string>;
}

/** What a node of the file gives, or the file's input. */
export interface Made {
  readonly kind: "made";
  readonly dtype: DType;
  readonly name: string;
  /** As it lies in the file; 1 where the node repeats. */
  readonly held: readonly Extent[];
  /** Axis i of the node is axis order[i] of the file's. */
  readonly order: readonly number[];
  /** Leading axes, of extent 1, that the file's tensor does not have. */
  readonly missing: number;
  readonly scope: Scope;
}

export type Value = Known | Made;

export function known(dtype: DType, shape: readonly number[], data: HostArray, label: string): Known {
  return { kind: "known", dtype, shape, data, label, written: new Map() };
}

/** What a node of the file gives, with the axes of sinter's node. */
export function made(name: string, dtype: DType, held: readonly Extent[], scope: Scope): Made {
  return { kind: "made", name, dtype, held, order: straight(held.length), missing: 0, scope };
}

export function straight(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** Channels before the spatial axes: how ONNX holds what sinter has as [batch, ...spatial, channels]. */
export function channelsFirst(rank: number): number[] {
  return straight(rank).map((axis) => (axis === 0 ? 0 : axis === rank - 1 ? 1 : axis + 1));
}

export function rankOf(value: Value): number {
  return value.kind === "known" ? value.shape.length : value.held.length;
}

/** Extents by the node's axes; 1 where it repeats. */
export function heldExtents(value: Value): Extent[] {
  if (value.kind === "known") return value.shape.map(fixedExtent);
  return value.order.map((at) => value.held[at] ?? fixedExtent(1));
}

export function orderOf(value: Value): readonly number[] {
  return value.kind === "known" ? straight(value.shape.length) : value.order;
}

/** Extents by the node's axes as they lie when its axes are in `order`. */
export function inOrder<Item>(items: readonly Item[], order: readonly number[]): Item[] {
  const placed = [...items];
  order.forEach((at, axis) => {
    const item = items[axis];
    if (item !== undefined) placed[at] = item;
  });
  return placed;
}

export interface Wish {
  readonly order: readonly number[];
  /** Extents by the node's axes that it must have; as it is held where it is left out. */
  readonly extents?: readonly Extent[];
  /** Whether leading axes of extent 1 may be left out. */
  readonly isLoose?: boolean;
}

/** The name of the value's tensor as an operator wants it. */
export function nameOf(value: Value, { order, extents, isLoose = false }: Wish, scope: Scope): string {
  if (value.kind === "known") {
    const name = knownName(value, order, isLoose, scope);
    return expanded(name, inOrder(heldExtents(value), order), extents && inOrder(extents, order), scope.outermost);
  }
  const aligned = alignedTo(value, order);
  const isWhole = extents === undefined || isEqual(heldExtents(aligned), extents);
  if (isWhole) return isLoose ? aligned.name : solid(aligned).name;
  return expanded(solid(aligned).name, aligned.held, inOrder(extents, order), aligned.scope);
}

function isEqual(left: readonly Extent[], right: readonly Extent[]): boolean {
  return left.length === right.length && left.every((extent, axis) => sameExtent(extent, right[axis] ?? extent));
}

function expanded(name: string, held: readonly Extent[], wanted: readonly Extent[] | undefined, scope: Scope): string {
  if (wanted === undefined || isEqual(held, wanted)) return name;
  const shape = scope.extents(wanted);
  return scope.once(`expand ${name} ${shape}`, () => scope.emit("Expand", [name, shape]));
}

function knownName(value: Known, order: readonly number[], isLoose: boolean, { sheet }: Scope): string {
  const laid = inOrder(value.shape, order);
  const first = laid.findIndex((extent) => extent !== 1);
  const numLeading = first === -1 ? laid.length : first;
  const shape = isLoose ? laid.slice(numLeading) : laid;
  const key = `${order.join()} ${shape.length}`;
  const existing = value.written.get(key);
  if (existing !== undefined) return existing;
  const [only = 0] = value.data;
  const isScalar = shape.length === 0 && (value.dtype === "f32" || value.dtype === "i32" || value.dtype === "u8");
  const name = isScalar
    ? sheet.scalar(only, value.dtype)
    : sheet.tensor(value.label, value.dtype, shape, transposed(value.data, value.dtype, value.shape, order));
  value.written.set(key, name);
  return name;
}

/** Elements with axis i of the source as axis order[i]. */
export function transposed(
  data: HostArray,
  dtype: DType,
  shape: readonly number[],
  order: readonly number[],
): HostArray {
  if (order.every((at, axis) => at === axis)) return data;
  const laid = inOrder(shape, order);
  const sourceStrides = inOrder(stridesOf(shape), order);
  const result = hostArray(dtype, sizeOf(shape));
  const place = laid.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to += 1) {
    result[to] = data[from] ?? 0;
    for (let axis = laid.length - 1; axis >= 0; axis -= 1) {
      const [extent = 1, stride = 0] = [laid[axis], sourceStrides[axis]];
      const next = (place[axis] ?? 0) + 1;
      from += stride;
      if (next < extent) {
        place[axis] = next;
        break;
      }
      from -= stride * extent;
      place[axis] = 0;
    }
  }
  return result;
}

/** The value with its axes in this order. */
export function alignedTo(value: Made, order: readonly number[]): Made {
  if (order.every((at, axis) => at === value.order[axis])) return value;
  const held = inOrder(heldExtents(value), order);
  if (isSingle(value.held)) return { ...value, held, order };
  const source = solid(value);
  const permutation = straight(order.length);
  order.forEach((at, axis) => {
    permutation[at] = value.order[axis] ?? at;
  });
  const { scope } = value;
  const isMoved = sequence(permutation.map((at) => value.held[at] ?? fixedExtent(1))) !== sequence(value.held);
  const isOnlyOnes = !isMoved && keepsOrder(permutation, value.held);
  const name = scope.once(`transpose ${source.name} ${permutation.join()}`, () =>
    isOnlyOnes
      ? scope.emit("Reshape", [source.name, scope.target(held)])
      : scope.emit("Transpose", [source.name], { perm: ints(permutation) }),
  );
  return { ...value, name, held, order, missing: 0 };
}

/** Extents other than 1, as text. */
function sequence(extents: readonly Extent[]): string {
  return extents
    .filter((extent) => !isOne(extent))
    .map(({ perSample, fixed }) => `${perSample}b${fixed}`)
    .join();
}

/** Whether axes that are not of extent 1 stay in their order. */
function keepsOrder(permutation: readonly number[], held: readonly Extent[]): boolean {
  const moved = permutation.filter((at) => !isOne(held[at] ?? fixedExtent(1)));
  return moved.every((at, index) => index === 0 || at > (moved[index - 1] ?? -1));
}

/** The value with a tensor that has all axes. */
export function solid(value: Made): Made {
  if (value.missing === 0) return value;
  const { scope, name, held } = value;
  const shape = scope.target(held);
  const whole = scope.once(`reshape ${name} ${shape}`, () => scope.emit("Reshape", [name, shape]));
  return { ...value, name: whole, missing: 0 };
}

/** The same value with further leading axes of extent 1, which cost nothing. */
export function withLeadingOnes(value: Value, count: number): Value {
  if (value.kind === "known") {
    return { ...value, shape: [...straight(count).map(() => 1), ...value.shape], written: new Map() };
  }
  return {
    ...value,
    held: [...straight(count).map(() => fixedExtent(1)), ...value.held],
    order: [...straight(count), ...value.order.map((at) => at + count)],
    missing: value.missing + count,
  };
}
