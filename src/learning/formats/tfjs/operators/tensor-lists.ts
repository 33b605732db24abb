// Lists of tensors that TensorFlow's loops fill: TensorList, and the older TensorArray, whose flow is here the list itself. They
// run between programs.

import { concat, reshape } from "../../onnx/movement.ts";
import {
  input,
  inputNumbers,
  optionalNumbers,
  wrongNode,
  type Call,
  type Operator,
  type Operators,
} from "../../onnx/operator.ts";
import { partOf } from "../../onnx/control-flow.ts";
import { knownNumbers, type SequenceValue, type TensorValue, type Value } from "../../onnx/value.ts";
import { integers } from "./shapes.ts";

/** Places of one list; a file that asks for more is refused. */
const maxItems = 1_000_000;

/** What stands at a place that nothing was put in. */
const unset: TensorValue = knownNumbers("f32", [0], []);

function listed(items: readonly TensorValue[]): SequenceValue {
  return { kind: "sequence", items };
}

function listAt(call: Call, place: number): SequenceValue {
  const value = call.inputs[place];
  if (value?.kind === "sequence") return value;
  throw wrongNode(call, `input ${place} is no list`);
}

function reserved(call: Call, place: number): SequenceValue {
  const [size = 0] = inputNumbers(call, place);
  if (!Number.isInteger(size) || size < 0 || size > maxItems) throw wrongNode(call, `a list of ${size}`);
  return listed(Array.from({ length: size }, () => unset));
}

/** Items of equal shapes; those that nothing was put in are zeros. */
function itemsOf(call: Call, { items }: SequenceValue, shape?: readonly number[]): TensorValue[] {
  const first = items.find((item) => item !== unset);
  const extents = first?.shape ?? (shape?.every((extent) => extent >= 0) === true ? shape : undefined);
  if (extents === undefined && items.length > 0) throw wrongNode(call, "a list that nothing was put in");
  const size = (extents ?? []).reduce((product, extent) => product * extent, 1);
  return items.map((item) =>
    item === unset ? knownNumbers(first?.type ?? "f32", extents ?? [], new Float32Array(size)) : item,
  );
}

/** The rows of a tensor. */
function rowsOf(x: TensorValue): TensorValue[] {
  return Array.from({ length: x.shape[0] ?? 0 }, (_, row) => partOf(x, 0, row));
}

function stacked(call: Call, items: readonly TensorValue[], shape: readonly number[]): TensorValue {
  if (items.length === 0) return knownNumbers("f32", [0, ...shape.map((extent) => Math.max(extent, 0))], []);
  const [first] = items;
  if (items.some((item) => item.shape.join() !== first?.shape.join())) throw wrongNode(call, "items of several shapes");
  return concat(
    items.map((item) => reshape(item, [1, ...item.shape])),
    0,
  );
}

/** A number for a place in a list. */
function placeIn(call: Call, input: number, { items }: SequenceValue, isNew = false): number {
  const [place = 0] = inputNumbers(call, input);
  if (Number.isInteger(place) && place >= 0 && (place < items.length || (isNew && place < maxItems))) return place;
  throw wrongNode(call, `place ${place} of a list of ${items.length}`);
}

/** Where an operation takes its list, its place and its item. */
interface Places {
  readonly list: number;
  readonly at: number;
  readonly item?: number;
  readonly shape?: number;
}

const eager = (known: readonly number[], run: (call: Call) => Value): Operator => ({
  isEager: true,
  known,
  run: (call) => [run(call)],
});

const getter = ({ list, at, shape = 9 }: Places): Operator =>
  eager([at, shape], (call) => {
    const from = listAt(call, list);
    const place = placeIn(call, at, from);
    const [item] = itemsOf(call, from, optionalNumbers(call, shape)).slice(place, place + 1);
    return item ?? unset;
  });

const setter = ({ list, at, item = 2 }: Places): Operator =>
  eager([at], (call) => {
    const to = listAt(call, list);
    const place = placeIn(call, at, to, true);
    const longer = Array.from({ length: Math.max(to.items.length, place + 1) }, (_, one) => to.items[one] ?? unset);
    return listed(longer.with(place, input(call, item)));
  });

const gatherer = ({ list, at, shape = 9 }: Places): Operator =>
  eager([at, shape], (call) => {
    const all = itemsOf(call, listAt(call, list), optionalNumbers(call, shape));
    const chosen = inputNumbers(call, at).flatMap((place) => all[place] ?? []);
    return stacked(call, chosen, optionalNumbers(call, shape) ?? []);
  });

/** Rows of a tensor at the places that are named. */
const scatterer = ({ list, at, item = 2 }: Places): Operator =>
  eager([at], (call) => {
    const rows = rowsOf(input(call, item));
    const items = [...listAt(call, list).items];
    inputNumbers(call, at).forEach((place, row) => {
      if (!Number.isInteger(place) || place < 0 || place >= maxItems) throw wrongNode(call, `place ${place} of a list`);
      while (items.length <= place) items.push(unset);
      items[place] = rows[row] ?? unset;
    });
    return listed(items);
  });

export const tensorListOperators: Operators = {
  TensorListReserve: eager([0, 1], (call) => reserved(call, 1)),
  EmptyTensorList: eager([], () => listed([])),
  TensorListFromTensor: eager([], (call) => listed(rowsOf(input(call, 0)))),
  TensorListPushBack: eager([], (call) => listed([...listAt(call, 0).items, input(call, 1)])),
  TensorListGetItem: getter({ list: 0, at: 1, shape: 2 }),
  TensorListSetItem: setter({ list: 0, at: 1 }),
  TensorListGather: gatherer({ list: 0, at: 1, shape: 2 }),
  TensorListScatterIntoExistingList: scatterer({ list: 0, item: 1, at: 2 }),
  TensorListStack: eager([1], (call) => {
    const shape = inputNumbers(call, 1);
    return stacked(call, itemsOf(call, listAt(call, 0), shape), shape);
  }),
  TensorListLength: eager([], (call) => integers([listAt(call, 0).items.length], [])),
  // The handle says nothing: the flow is the list.
  TensorArrayV3: { isEager: true, known: [0], run: (call) => [integers([0], []), reserved(call, 0)] },
  TensorArrayReadV3: getter({ list: 2, at: 1 }),
  TensorArrayWriteV3: setter({ list: 3, at: 1, item: 2 }),
  TensorArrayGatherV3: gatherer({ list: 2, at: 1 }),
  TensorArrayScatterV3: scatterer({ list: 3, at: 1, item: 2 }),
  TensorArraySizeV3: eager([], (call) => integers([listAt(call, 1).items.length], [])),
};
