// Texts: they live on the host.

import { broadcastShapes, sizeOf } from "#engine/base/shape.ts";
import { expandValues } from "../host-arrays.ts";
import { flag, input, optionalNumber, textOf, textsAttribute, type Call, type Operators } from "../operator.ts";
import { onHost } from "../limits.ts";
import { known, knownNumbers, textsOf, type TensorValue } from "../value.ts";

function join(call: Call): TensorValue {
  const [x, y] = [input(call, 0), input(call, 1)];
  const shape = broadcastShapes(x.shape, y.shape, "StringConcat");
  const [left, right] = [x, y].map((one) => expandValues(textsOf(one), one.shape, shape));
  return known(
    "string",
    shape,
    (left ?? []).map((text, at) => text + (right?.[at] ?? "")),
  );
}

/** Words without those on a list, in one case. */
function normalize(call: Call): TensorValue {
  const x = input(call, 0);
  const isExact = flag(call, "is_case_sensitive");
  const fold = (text: string): string => (isExact ? text : text.toLowerCase());
  const stops = new Set((textsAttribute(call, "stopwords") ?? []).map(fold));
  const change = textOf(call, "case_change_action", "NONE");
  const kept = textsOf(x)
    .filter((word) => !stops.has(fold(word)))
    .map((word) => (change === "LOWER" ? word.toLowerCase() : change === "UPPER" ? word.toUpperCase() : word));
  const words = kept.length === 0 ? [""] : kept;
  return known("string", x.shape.length === 2 ? [1, words.length] : [words.length], words);
}

/** Parts between delimiters, filled up with empty texts, and how many there are. */
function split(call: Call): TensorValue[] {
  const x = input(call, 0);
  const delimiter = textOf(call, "delimiter", "");
  const most = optionalNumber(call, "maxsplit");
  const parts = textsOf(x).map((text) => partsOf(text, delimiter, most));
  const width = parts.reduce((most, { length }) => Math.max(most, length), 0);
  onHost(parts.length * width, "StringSplit");
  const filled = parts.flatMap((list) => Array.from({ length: width }, (_, at) => list[at] ?? ""));
  return [
    known("string", [...x.shape, width], filled),
    knownNumbers(
      "i64",
      x.shape,
      parts.map((list) => list.length),
    ),
  ];
}

function partsOf(text: string, delimiter: string, most = Number.POSITIVE_INFINITY): string[] {
  const parts: string[] = [];
  let rest = delimiter === "" ? text.trimStart() : text;
  if (rest === "") return parts;
  while (parts.length < most) {
    const found = delimiter === "" ? rest.search(/\s/) : rest.indexOf(delimiter);
    if (found < 0) break;
    parts.push(rest.slice(0, found));
    rest = delimiter === "" ? rest.slice(found).trimStart() : rest.slice(found + delimiter.length);
  }
  const last = delimiter === "" ? rest.trimEnd() : rest;
  if (delimiter !== "" || last !== "") parts.push(last);
  return parts;
}

/** Equality of texts. */
export function equalTexts(x: TensorValue, y: TensorValue): TensorValue {
  const shape = broadcastShapes(x.shape, y.shape, "Equal");
  const [left, right] = [x, y].map((one) => expandValues(textsOf(one), one.shape, shape));
  const isEqual = Uint8Array.from({ length: sizeOf(shape) }, (_, at) => Number(left?.[at] === right?.[at]));
  return known("bool", shape, isEqual);
}

export const stringOperators: Operators = {
  StringConcat: { known: "all", run: (call) => [join(call)] },
  StringNormalizer: { known: "all", run: (call) => [normalize(call)] },
  StringSplit: { known: "all", run: split },
};
