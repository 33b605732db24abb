// Lists of tensors and optionals. They have no place in a program: they run between programs.

import { normalizeAxis } from "#engine/base/shape.ts";
import { inParts } from "../limits.ts";
import { concat, reshape, slice } from "../movement.ts";
import {
  flag,
  input,
  inputNumbers,
  numberOf,
  optionalInput,
  optionalNumbers,
  tensorInputs,
  wrongNode,
  type Call,
  type Operators,
} from "../operator.ts";
import { knownNumbers, type SequenceValue, type TensorValue, type Value } from "../value.ts";

function sequence(call: Call, place: number): SequenceValue {
  const value = call.inputs[place];
  if (value?.kind !== "sequence") throw wrongNode(call, `input ${place} is no list`);
  return value;
}

/** A place in a list, also counted from its end. */
function placeIn(call: Call, place: number, length: number, otherwise: number): number {
  const [at = otherwise] = optionalNumbers(call, place) ?? [];
  const inside = at < 0 ? at + length : at;
  if (inside < 0 || inside > length) throw wrongNode(call, `place ${at} of a list of ${length}`);
  return inside;
}

function insert(call: Call): SequenceValue {
  const { items } = sequence(call, 0);
  return { kind: "sequence", items: items.toSpliced(placeIn(call, 2, items.length, items.length), 0, input(call, 1)) };
}

function itemAt(call: Call): TensorValue {
  const { items } = sequence(call, 0);
  const item = items[placeIn(call, 1, items.length, 0)];
  if (item === undefined) throw wrongNode(call, "a place behind the end of the list");
  return item;
}

function splitToSequence(call: Call): SequenceValue {
  const x = input(call, 0);
  const axis = normalizeAxis(numberOf(call, "axis", 0), x.shape.length, "SplitToSequence");
  const extent = x.shape[axis] ?? 0;
  const split = optionalInput(call, 1);
  const [size = 1, ...others] = split === undefined ? [1] : inputNumbers(call, 1);
  const isList = split !== undefined && split.shape.length > 0;
  if (!isList && size < 1) throw wrongNode(call, `parts of ${size}`);
  const even = Array.from({ length: isList ? 0 : inParts(Math.ceil(extent / size), "SplitToSequence") }, (_, index) =>
    Math.min(size, extent - index * size),
  );
  let start = 0;
  const items = (isList ? [size, ...others] : even).map((count) => {
    const part = slice(
      x,
      x.shape.map((whole, at) => (at === axis ? { start, count, step: 1 } : { start: 0, count: whole, step: 1 })),
    );
    start += count;
    const keeps = split !== undefined || flag(call, "keepdims", 1);
    return keeps
      ? part
      : reshape(
          part,
          x.shape.filter((_, at) => at !== axis),
        );
  });
  return { kind: "sequence", items };
}

function concatFromSequence(call: Call): TensorValue {
  const { items } = sequence(call, 0);
  const axis = numberOf(call, "axis");
  if (!flag(call, "new_axis")) return concat(items, axis);
  const [first] = items;
  const place = normalizeAxis(axis, (first?.shape.length ?? 0) + 1, "ConcatFromSequence");
  return concat(
    items.map((item) => reshape(item, [...item.shape.slice(0, place), 1, ...item.shape.slice(place)])),
    place,
  );
}

function present({ inputs }: Call): Value | undefined {
  const [value] = inputs;
  return value?.kind === "absent" ? undefined : value;
}

function element(call: Call): Value {
  const value = present(call);
  if (value === undefined) throw wrongNode(call, "the optional is empty");
  return value;
}

const eager = (run: (call: Call) => Value, known?: readonly number[]): Operators[string] => ({
  isEager: true,
  known,
  run: (call) => [run(call)],
});

export const sequenceOperators: Operators = {
  SequenceEmpty: eager(() => ({ kind: "sequence", items: [] })),
  SequenceConstruct: eager((call) => ({ kind: "sequence", items: tensorInputs(call) })),
  SequenceInsert: eager(insert, [2]),
  SequenceErase: eager(
    (call) => {
      const { items } = sequence(call, 0);
      return { kind: "sequence", items: items.toSpliced(placeIn(call, 1, items.length, items.length - 1), 1) };
    },
    [1],
  ),
  SequenceAt: eager(itemAt, [1]),
  SequenceLength: eager((call) => knownNumbers("i64", [], [sequence(call, 0).items.length])),
  SplitToSequence: eager(splitToSequence, [1]),
  ConcatFromSequence: eager(concatFromSequence),
  Optional: eager((call) => present(call) ?? { kind: "absent" }),
  OptionalHasElement: eager((call) => knownNumbers("bool", [], [Number(present(call) !== undefined)])),
  OptionalGetElement: eager(element),
};
