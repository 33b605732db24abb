// Which contractions are convolutions of pictures: recognized from their form alone.

import { sizeOf } from "#engine/base/shape.ts";
import { axis, binary, constant, plus, substituteAxes, times, type Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import { outputAxes, type Form } from "#engine/graph/primitive.ts";
import type { Place } from "#engine/compile/group.ts";
import type { Reader } from "#engine/compile/inline.ts";
import { linearize } from "#engine/compile/linear.ts";

/** A convolution of one group; a gradient with respect to its input is one too, where the stride is 1. */
export interface WindowConvolution {
  readonly kind: "window";
  /** Rows and columns of the window, and how far its places and its steps lie apart. */
  readonly window: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly strides: readonly [number, number];
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

/**
 * A transposed convolution, such as the gradient of one with strides with respect to its input. Results whose places
 * have the same remainders by the strides are a convolution of their own, with some of the window's places.
 */
export interface TransposedConvolution {
  readonly kind: "transposed";
  readonly strides: readonly [number, number];
  readonly phases: readonly Phase[];
}

export interface Phase {
  /** The remainders of row and column. */
  readonly offset: readonly [number, number];
  /** Gives results of these remainders alone; its window may be empty. */
  readonly convolution: WindowConvolution;
}

/** The gradient of a convolution with a 3 x 3 window, stride and dilation 1, with respect to its filter. */
export interface FilterGradient {
  readonly kind: "filterGradient";
  readonly image: Expression;
  readonly imageShape: readonly number[];
  /** The gradient of the convolution's output at axes (batch, row, column, output channel). */
  readonly gradient: Expression;
  readonly gradientShape: readonly number[];
  readonly start: readonly [number, number];
}

type Contract = Extract<Form, { kind: "contract" }>;

/** Axes of a convolution's form: batch, row, column, output channel, then window row, window column, input channel. */
const [rowAxis, columnAxis, outputChannel, windowRow, windowColumn, inputChannel] = [1, 2, 3, 4, 5, 6] as const;

/** The convolution that a contraction is. */
export function matchWindow(
  node: Node,
  form: Contract,
  [first, second]: readonly [Place, Place],
  reader: Reader,
): WindowConvolution | undefined {
  const { shape } = node.type;
  const [height = 0, width = 0] = form.extents;
  if (shape.length !== 4 || form.extents.length !== 3) return undefined;
  const image = isImage(first) ? first : second;
  const filter = image === first ? second : first;
  const rows = stepOf(image.at[1], rowAxis, windowRow, height);
  const columns = stepOf(image.at[2], columnAxis, windowColumn, width);
  if (!isImage(image) || rows === undefined || columns === undefined || !isFilter(filter)) return undefined;
  const turned = ({ isTurned }: Steps, number: number, extent: number): Expression =>
    isTurned ? binary("subtract", constant(extent - 1), axis(number)) : axis(number);
  const place: Expression[] = [];
  place[outputChannel] = axis(3);
  place[windowRow] = turned(rows, 0, height);
  place[windowColumn] = turned(columns, 1, width);
  place[inputChannel] = axis(2);
  return {
    kind: "window",
    window: [height, width],
    dilation: [rows.dilation, columns.dilation],
    strides: [rows.stride, columns.stride],
    image: reader.valueAt(image.node, outputAxes(4)),
    imageShape: image.node.type.shape,
    filter: reader.valueAt(
      filter.node,
      filter.at.map((at) => substituteAxes(at, place)),
    ),
    start: [rows.start, columns.start],
    outputShape: shape,
  };
}

/** The transposed convolution, with a stride, that a contraction is. */
export function matchTransposed(
  node: Node,
  form: Contract,
  [first, second]: readonly [Place, Place],
  reader: Reader,
): TransposedConvolution | undefined {
  const { shape } = node.type;
  if (shape.length !== 4 || form.extents.length !== 3) return undefined;
  const image = isImage(first) ? first : second;
  const filter = image === first ? second : first;
  if (!isImage(image) || !isFilter(filter)) return undefined;
  const [height = 0, width = 0] = form.extents;
  const rows = taps(image.at[1], { output: rowAxis, window: windowRow, extent: height });
  const columns = taps(image.at[2], { output: columnAxis, window: windowColumn, extent: width });
  if (rows === undefined || columns === undefined || rows.length * columns.length === 1) return undefined;
  const strides = [rows.length, columns.length] as const;
  const phases = rows.flatMap((row, y) =>
    columns.map((column, x): Phase => {
      const offset = [y, x] as const;
      return { offset, convolution: phaseOf(shape, [image, filter], { row, column, offset, strides }, reader) };
    }),
  );
  return { kind: "transposed", strides, phases };
}

interface PhaseOptions {
  readonly row: Taps;
  readonly column: Taps;
  readonly offset: readonly [number, number];
  readonly strides: readonly [number, number];
}

/** The convolution that gives the results of one pair of remainders. */
function phaseOf(
  [batch = 1, rows = 1, columns = 1, channels = 1]: readonly number[],
  [image, filter]: readonly [Place, Place],
  { row, column, offset, strides }: PhaseOptions,
  reader: Reader,
): WindowConvolution {
  const place: Expression[] = [];
  place[outputChannel] = axis(3);
  place[windowRow] = plus(times(axis(0), -row.step), row.last);
  place[windowColumn] = plus(times(axis(1), -column.step), column.last);
  place[inputChannel] = axis(2);
  const along = (extent: number, dimension: 0 | 1): number =>
    Math.ceil((extent - offset[dimension]) / strides[dimension]);
  return {
    kind: "window",
    window: [row.count, column.count],
    dilation: [row.dilation, column.dilation],
    strides: [1, 1],
    image: reader.valueAt(image.node, outputAxes(4)),
    imageShape: image.node.type.shape,
    filter: reader.valueAt(
      filter.node,
      filter.at.map((at) => substituteAxes(at, place)),
    ),
    start: [row.start, column.start],
    outputShape: [batch, along(rows, 0), along(columns, 1), channels],
  };
}

/** Axes of the filter gradient's form: row, column and channels of the filter, then what it sums over. */
const gradientAxes = { row: 0, column: 1, input: 2, output: 3, batch: 4, outputRow: 5, outputColumn: 6 } as const;

/** The filter's gradient that a contraction is, when F(3x3, 4x4) fits and pays. */
export function matchFilterGradient(
  node: Node,
  form: Contract,
  [first, second]: readonly [Place, Place],
  reader: Reader,
): FilterGradient | undefined {
  const { row, column, input, output, batch, outputRow, outputColumn } = gradientAxes;
  const [height = 0, width = 0, inputs = 0, outputs = 0] = node.type.shape;
  if (node.type.shape.length !== 4 || form.extents.length !== 3 || height !== 3 || width !== 3) return undefined;
  if (!pays(sizeOf(node.type.shape) * sizeOf(form.extents), inputs, outputs)) return undefined;
  const isGradient = ({ at, isGuarded }: Place): boolean =>
    !isGuarded && [batch, outputRow, outputColumn, output].every((number, index) => isAxis(at[index], number));
  const gradient = isGradient(first) ? first : second;
  const image = gradient === first ? second : first;
  const rows = stepOf(image.at[1], outputRow, row, height);
  const columns = stepOf(image.at[2], outputColumn, column, width);
  if (!isGradient(gradient) || image.at.length !== 4 || !isAxis(image.at[0], batch) || !isAxis(image.at[3], input)) {
    return undefined;
  }
  if (rows === undefined || columns === undefined || !isPlain(rows) || !isPlain(columns)) return undefined;
  return {
    kind: "filterGradient",
    image: reader.valueAt(image.node, outputAxes(4)),
    imageShape: image.node.type.shape,
    gradient: reader.valueAt(gradient.node, outputAxes(4)),
    gradientShape: gradient.node.type.shape,
    start: [rows.start, columns.start],
  };
}

/** Whether channels fill vectors and there is enough work for Winograd's algorithm. */
export function pays(work: number, inputs: number, outputs: number): boolean {
  return inputs % 4 === 0 && inputs >= 8 && outputs % 8 === 0 && work >= 2 ** 20;
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

interface Steps {
  readonly stride: number;
  readonly dilation: number;
  /** Where the first output's window begins. */
  readonly start: number;
  /** Whether the window's last place comes first. */
  readonly isTurned: boolean;
}

function isPlain({ stride, dilation, isTurned }: Steps): boolean {
  return stride === 1 && dilation === 1 && !isTurned;
}

/** Of one remainder: which of the window's places count, the last of them first, and where they read. */
interface Taps {
  readonly count: number;
  /** The window's place that reads first, and how far the following lie before it. */
  readonly last: number;
  readonly step: number;
  readonly start: number;
  readonly dilation: number;
}

/** Remainders that get a convolution each; with more, few places are computed rather than read as 0. */
const mostRemainders = 64;

/** place = (output - window · dilation + low) / stride, by remainder of the output; undefined where it is not. */
function taps(
  at: Expression | undefined,
  { output, window, extent }: { readonly output: number; readonly window: number; readonly extent: number },
): Taps[] | undefined {
  if (at === undefined) return undefined;
  const isDivided = at.kind === "binary" && at.operation === "floorDivide" && at.y.kind === "constant";
  const stride = isDivided && at.y.kind === "constant" ? at.y.value : 1;
  const { terms, constant: low } = linearize(isDivided ? at.x : at);
  const coefficientOf = (number: number): number => terms.find(({ atom }) => isAxis(atom, number))?.coefficient ?? 0;
  const dilation = -coefficientOf(window);
  if (terms.length !== 2 || coefficientOf(output) !== 1 || dilation < 1 || stride > mostRemainders) return undefined;
  return Array.from({ length: stride }, (_, remainder): Taps => {
    const counting = Array.from({ length: extent }, (_unused, number) => number).filter(
      (number) => (remainder + low - number * dilation) % stride === 0,
    );
    const last = counting.at(-1) ?? 0;
    const step = counting.length > 1 ? (counting[1] ?? 0) - (counting[0] ?? 0) : 0;
    return {
      count: counting.length,
      last,
      step,
      start: counting.length === 0 ? 0 : (remainder + low - last * dilation) / stride,
      dilation: Math.max(1, (step * dilation) / stride),
    };
  });
}

/** place = output · stride ± window · dilation + start, as a forward convolution's: turned when the sign is -. */
function stepOf(at: Expression | undefined, output: number, window: number, extent: number): Steps | undefined {
  if (at === undefined) return undefined;
  const { terms, constant: offset } = linearize(at);
  const coefficientOf = (number: number): number => terms.find(({ atom }) => isAxis(atom, number))?.coefficient ?? 0;
  const [stride, step] = [coefficientOf(output), coefficientOf(window)];
  if (terms.length !== 2 || stride < 1 || step === 0) return undefined;
  const start = step < 0 ? offset + step * (extent - 1) : offset;
  return { stride, dilation: Math.abs(step), start, isTurned: step < 0 };
}
