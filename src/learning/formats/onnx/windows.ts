// Where the windows of a convolution or pool lie: strides, dilation and padding as a node says them.

import { numbersAttribute, textOf, wrongNode, type Call } from "./operator.ts";

/** Places of a window's side over small pictures. */
const mostOfSmall = 63;

/** Whether a window's sides are of use: larger ones see all of the picture everywhere, and else padding, at any cost. */
export function isSensible(window: readonly number[], spatial: readonly number[]): boolean {
  return window.every((extent, axis) => extent <= Math.max(2 * (spatial[axis] ?? 0) + 1, mostOfSmall));
}

export interface Windows {
  readonly window: number[];
  readonly strides: number[];
  readonly dilation: number[];
  readonly low: number[];
  readonly high: number[];
  /** Elements behind `high` that windows reach when their number is rounded up. */
  readonly beyond: number[];
}

/** @param isCeiled whether the number of windows is rounded up */
export function windowsOf(
  call: Call,
  spatial: readonly number[],
  window: readonly number[],
  isCeiled = false,
): Windows {
  const rank = spatial.length;
  const list = (name: string): number[] => [...(numbersAttribute(call, name) ?? window.map(() => 1))];
  const [strides, dilation] = [list("strides"), list("dilations")];
  const pads = numbersAttribute(call, "pads") ?? [...window, ...window].map(() => 0);
  const isSound = [window, strides, dilation].every((one) => one.length === rank && one.every((value) => value >= 1));
  if (!isSound || pads.length !== 2 * rank) throw wrongNode(call, "strides, dilations or pads do not fit the input");
  const reach = window.map((extent, axis) => (extent - 1) * (dilation[axis] ?? 1) + 1);
  const automatic = textOf(call, "auto_pad", "NOTSET");
  const [low, high] = automatic.startsWith("SAME")
    ? samePads(spatial, reach, strides, automatic === "SAME_LOWER")
    : automatic === "VALID"
      ? [window.map(() => 0), window.map(() => 0)]
      : [pads.slice(0, rank), pads.slice(rank)];
  const beyond = spatial.map((extent, axis) => {
    if (!isCeiled || automatic !== "NOTSET") return 0;
    const room = extent + (low[axis] ?? 0) + (high[axis] ?? 0) - (reach[axis] ?? 1);
    const stride = strides[axis] ?? 1;
    const last = Math.ceil(room / stride) * stride;
    // A window that would begin behind the input and its padding does not count.
    return last >= extent + (low[axis] ?? 0) ? 0 : Math.max(last - room, 0);
  });
  return { window: [...window], strides, dilation, low, high, beyond };
}

function samePads(
  spatial: readonly number[],
  reach: readonly number[],
  strides: readonly number[],
  isLower: boolean,
): [number[], number[]] {
  const totals = spatial.map((extent, axis) => {
    const stride = strides[axis] ?? 1;
    return Math.max((Math.ceil(extent / stride) - 1) * stride + (reach[axis] ?? 1) - extent, 0);
  });
  const less = totals.map((total) => Math.floor(total / 2));
  const more = totals.map((total) => Math.ceil(total / 2));
  return isLower ? [more, less] : [less, more];
}
