// takeRows gathers rows by index, scatterAddRows adds rows by index: each is the other's gradient. A gather clamps its
// index, a scatter drops what is outside.

import { isFloating } from "#engine/base/dtype.ts";
import { sameShape } from "#engine/base/shape.ts";
import { apply, typeText, type Node, type TensorType } from "#engine/graph/graph.ts";
import { axis, binary, constant as number } from "#engine/graph/expression.ts";
import { definePrimitive, noGradient, outputAxes, type Primitive } from "#engine/graph/primitive.ts";
import { add } from "#engine/ops/add.ts";
import { broadcastTo } from "#engine/ops/broadcast-to.ts";
import { cast } from "#engine/ops/cast.ts";
import { at, requireDType, requireSameDType, shapeError } from "#engine/ops/check.ts";
import { constant, zerosLike } from "#engine/ops/constant.ts";
import { iota } from "#engine/ops/iota.ts";
import { less } from "#engine/ops/less.ts";
import { lessEqual } from "#engine/ops/less-equal.ts";
import { logicalAnd } from "#engine/ops/logical-and.ts";
import { maximum } from "#engine/ops/maximum.ts";
import { minimum } from "#engine/ops/minimum.ts";
import { multiply } from "#engine/ops/multiply.ts";
import { reshape } from "#engine/ops/reshape.ts";
import { below, bits, normal } from "#engine/ops/samples.ts";
import { select } from "#engine/ops/select.ts";

export const takeRowsPrimitive: Primitive = definePrimitive<readonly [table: TensorType, index: TensorType]>({
  name: "takeRows",
  trait: "gather",
  type: ([table, index]) => {
    requireDType("takeRows index", index, ["i32", "u8"]);
    const [rows, ...row] = table.shape;
    if (rows === undefined || rows === 0) {
      throw shapeError(`takeRows: ${typeText(table)} has no rows. Give a table with at least one.`, {
        table: table.shape,
      });
    }
    return { dtype: table.dtype, shape: [...index.shape, ...row] };
  },
  lower: ([table, index], _attributes, type) => {
    const place = outputAxes(type.shape.length);
    const row = index.at(...place.slice(0, index.rank));
    const last = number(at(table.type.shape, 0) - 1);
    const inside = binary("minimum", binary("maximum", row, number(0)), last);
    return { kind: "map", value: table.at(inside, ...place.slice(index.rank)) };
  },
  vjp: ([table, index], cotangent) => {
    if (!isFloating(table.type.dtype)) return [noGradient, noGradient];
    // f16 and bf16 are storage: they are added as f32.
    const zeros = constant(0, { dtype: "f32", shape: table.type.shape });
    return [cast(scatterAddRows(zeros, index, cast(cotangent, "f32")), table.type.dtype), noGradient];
  },
  batch: ([table, index], _attributes, batching) => {
    if (!table.isBatched) return takeRows(table.node, index.node);
    const [size = 0, rows = 0, ...row] = table.node.type.shape;
    const own = cast(batching.spread(index), "i32");
    const inside = minimum(maximum(own, zerosLike(own)), constant(rows - 1, own.type));
    return takeRows(reshape(table.node, [size * rows, ...row]), rowsOfBatch(inside, rows));
  },
  cases: [
    { inputs: [normal([5, 3]), below(5, [4])] },
    { inputs: [normal([6]), below(6, [2, 3])] },
    { inputs: [normal([4, 2, 3]), below(4, [])] },
    { inputs: [bits([4, 2], "u8"), below(4, [3], "u8")] },
    { inputs: [bits([3, 2]), bits([7])] },
  ],
  rejects: [
    { inputs: [normal([5]), normal([4])], code: "dtype" },
    { inputs: [normal([]), below(2, [4])], code: "shape" },
    { inputs: [normal([0, 3]), below(2, [4])], code: "shape" },
  ],
});

export const scatterAddRowsPrimitive: Primitive = definePrimitive<
  readonly [base: TensorType, index: TensorType, updates: TensorType]
>({
  name: "scatterAddRows",
  trait: "scatter",
  type: ([base, index, updates]) => {
    requireDType("scatterAddRows", base, ["f32", "i32"]);
    requireDType("scatterAddRows index", index, ["i32", "u8"]);
    requireSameDType("scatterAddRows", base, updates);
    if (base.shape.length === 0 || !sameShape(updates.shape, [...index.shape, ...base.shape.slice(1)])) {
      throw shapeError(
        `scatterAddRows: updates ${typeText(updates)} for index ${typeText(index)} and base ${typeText(base)}. ` +
          "Give one row of the base for each index.",
        { base: base.shape, index: index.shape, updates: updates.shape },
      );
    }
    return base;
  },
  lower: ([, index, updates]) => {
    const place = updates.type.shape.map((_extent, number) => axis(number));
    return {
      kind: "scatter",
      extents: updates.type.shape,
      at: [index.at(...place.slice(0, index.rank)), ...place.slice(index.rank)],
      value: updates.at(...place),
    };
  },
  vjp: ([base, index, updates], cotangent) => {
    if (at(base.type.shape, 0) === 0) return [cotangent, noGradient, zerosLike(updates)];
    const row = cast(index, "i32");
    const isInside = logicalAnd(lessEqual(zerosLike(row), row), less(row, constant(at(base.type.shape, 0), row.type)));
    const { shape } = updates.type;
    const column = [...row.type.shape, ...shape.slice(row.type.shape.length).map(() => 1)];
    const rows = takeRows(cotangent, index);
    return [cotangent, noGradient, select(broadcastTo(reshape(isInside, column), shape), rows, zerosLike(rows))];
  },
  batch: ([base, index, updates], _attributes, { spread }) => {
    const all = spread(base);
    const [size = 0, rows = 0, ...row] = all.type.shape;
    const own = cast(spread(index), "i32");
    const isInside = logicalAnd(lessEqual(zerosLike(own), own), less(own, constant(rows, own.type)));
    const flat = select(isInside, rowsOfBatch(own, rows), constant(-1, own.type));
    return reshape(scatterAddRows(reshape(all, [size * rows, ...row]), flat, spread(updates)), all.type.shape);
  },
  cases: [
    { inputs: [normal([5, 3]), below(5, [4]), normal([4, 3])] },
    { inputs: [normal([3, 2]), below(6, [2, 3]), normal([2, 3, 2])] },
    { inputs: [normal([4]), below(4, [9]), normal([9])] },
    { inputs: [normal([0, 2]), below(4, [3]), normal([3, 2])] },
    { inputs: [bits([4]), bits([9]), bits([9])] },
  ],
  rejects: [
    { inputs: [normal([5]), normal([4]), normal([4])], code: "dtype" },
    { inputs: [normal([5]), below(5, [4]), bits([4])], code: "dtype" },
    { inputs: [bits([5], "u8"), below(5, [4]), bits([4], "u8")], code: "dtype" },
    { inputs: [normal([5, 2]), below(5, [4]), normal([4, 3])], code: "shape" },
  ],
});

/** Row numbers of one member of a batch as numbers among the rows of all members. */
function rowsOfBatch(index: Node, rows: number): Node {
  return add(index, multiply(iota(index.type.shape, 0, "i32"), constant(rows, index.type)));
}

/** Rows of `table` by index; an index outside takes the nearest row. Result: index shape, then row shape. */
export function takeRows(table: Node, index: Node): Node {
  return apply(takeRowsPrimitive, [table, index]);
}

/** `base` with each row of `updates` added at its index, in order; rows outside are dropped. */
export function scatterAddRows(base: Node, index: Node, updates: Node): Node {
  return apply(scatterAddRowsPrimitive, [base, index, updates]);
}
