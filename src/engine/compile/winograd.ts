// Which contractions Winograd's algorithm fits: recognized from their form alone.

import { sizeOf } from "#engine/base/shape.ts";
import { axis, binary, constant, substituteAxes, type Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import type { Form } from "#engine/graph/primitive.ts";
import type { Place } from "#engine/compile/group.ts";
import type { Reader } from "#engine/compile/inline.ts";
import { linearize } from "#engine/compile/linear.ts";

/** A convolution with a 3 x 3 window, stride and dilation 1; a gradient of one with respect to its input is one too. */
export interface WindowConvolution {
  /** The image at axes (batch, row, column, channel), which must lie inside `imageShape`. */
  readonly image: Expression;
  readonly imageShape: readonly number[];
  /** The filter at axes (row, column, input channel, output channel). */
  readonly filter: Expression;
  /** Row and column of the image that the first output's window begins at; negative with padding. */
  readonly start: readonly [number, number];
  /** [batch, rows, columns, channels] of the result, before pooling. */
  readonly outputShape: readonly number[];
}

type Contract = Extract<Form, { kind: "contract" }>;

/** Axes of a convolution's form: batch, row, column, output channel, then window row, window column, input channel. */
const [rowAxis, columnAxis, outputChannel, windowRow, windowColumn, inputChannel] = [1, 2, 3, 4, 5, 6] as const;

/** The convolution that a contraction is, when F(4x4, 3x3) fits and pays. */
export function matchWindow(
  node: Node,
  form: Contract,
  [first, second]: readonly [Place, Place],
  reader: Reader,
): WindowConvolution | undefined {
  const { shape } = node.type;
  const [height = 0, width = 0, channels = 0] = form.extents;
  if (shape.length !== 4 || form.extents.length !== 3 || height !== 3 || width !== 3) return undefined;
  const isWide = channels % 4 === 0 && channels >= 8 && (shape[outputChannel] ?? 0) % 8 === 0;
  if (!isWide || sizeOf(shape) * sizeOf(form.extents) < 2 ** 20) return undefined;
  const image = isImage(first) ? first : second;
  const filter = image === first ? second : first;
  const rows = stepOf(image.at[1], rowAxis, windowRow);
  const columns = stepOf(image.at[2], columnAxis, windowColumn);
  if (!isImage(image) || rows === undefined || columns === undefined || !isFilter(filter)) return undefined;
  const turned = (sign: number, number: number): Expression =>
    sign > 0 ? axis(number) : binary("subtract", constant(2), axis(number));
  const place: Expression[] = [];
  place[outputChannel] = axis(3);
  place[windowRow] = turned(rows.sign, 0);
  place[windowColumn] = turned(columns.sign, 1);
  place[inputChannel] = axis(2);
  return {
    image: reader.valueAt(image.node, [axis(0), axis(1), axis(2), axis(3)]),
    imageShape: image.node.type.shape,
    filter: reader.valueAt(
      filter.node,
      filter.at.map((at) => substituteAxes(at, place)),
    ),
    start: [rows.start, columns.start],
    outputShape: shape,
  };
}

function isAxis(expression: Expression | undefined, number: number): boolean {
  return expression?.kind === "axis" && expression.axis === number;
}

function isImage(place: Place): boolean {
  return place.at.length === 4 && isAxis(place.at[0], 0) && isAxis(place.at[3], inputChannel);
}

function isFilter(place: Place): boolean {
  const [a, b, c, d] = place.at;
  const channels =
    (isAxis(c, inputChannel) && isAxis(d, outputChannel)) || (isAxis(c, outputChannel) && isAxis(d, inputChannel));
  return place.at.length === 4 && !place.isGuarded && isAxis(a, windowRow) && isAxis(b, windowColumn) && channels;
}

/** place = output ± window + start, as a forward convolution's first row: the window is turned when the sign is -. */
function stepOf(
  at: Expression | undefined,
  output: number,
  window: number,
): { sign: number; start: number } | undefined {
  if (at === undefined) return undefined;
  const { terms, constant: offset } = linearize(at);
  const coefficientOf = (number: number): number => terms.find(({ atom }) => isAxis(atom, number))?.coefficient ?? 0;
  const sign = coefficientOf(window);
  if (terms.length !== 2 || coefficientOf(output) !== 1 || Math.abs(sign) !== 1) return undefined;
  return { sign, start: sign > 0 ? offset : offset - 2 };
}
