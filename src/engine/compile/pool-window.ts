// Pooling windows: reductions whose windows tile the spatial axes of what they read, so that they may follow a contraction.

import { sizeOf } from "#engine/base/shape.ts";
import type { Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import type { Forms } from "#engine/compile/inline.ts";
import { axesOf } from "#engine/compile/linear.ts";

/** A text naming the window when the node reduces a stride = window pool of `source`, else undefined. */
export function tilingWindow(forms: Forms, node: Node | undefined, source: Node): string | undefined {
  if (node === undefined || node.inputs.length !== 1 || node.inputs[0] !== source) return undefined;
  const form = forms.of(node);
  if (form.kind !== "reduce" || form.value.kind !== "read" || sizeOf(form.extents) > 16) return undefined;
  if (form.combiner !== "max" && form.combiner !== "argmax" && form.combiner !== "sum") return undefined;
  const tiles = windowOf(form.value.at, node.type.shape.length, form.extents);
  return tiles === undefined ? undefined : JSON.stringify([node.type.shape, form.extents]);
}

/** Whether place = [n, y·wy + dy, x·wx + dx, c]: each window axis tiles one output axis. */
function windowOf(at: readonly Expression[], rank: number, extents: readonly number[]): true | undefined {
  let window = rank;
  for (const [index, place] of at.entries()) {
    const axes = [...axesOf(place)];
    if (axes.length === 1 && axes[0] === index && place.kind === "axis") continue;
    const extent = extents[window - rank];
    if (extent === undefined || !isTile(place, index, window, extent)) return undefined;
    window += 1;
  }
  return window - rank === extents.length ? true : undefined;
}

function isTile(place: Expression, outer: number, inner: number, extent: number): boolean {
  if (place.kind !== "binary" || place.operation !== "add") return false;
  const { x, y } = place;
  const isScaled = (part: Expression): boolean =>
    part.kind === "binary" &&
    part.operation === "multiply" &&
    part.x.kind === "axis" &&
    part.x.axis === outer &&
    part.y.kind === "constant" &&
    part.y.value === extent;
  const isInner = (part: Expression): boolean => part.kind === "axis" && part.axis === inner;
  return (isScaled(x) && isInner(y)) || (isScaled(y) && isInner(x));
}
