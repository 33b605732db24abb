// Memory: a place in the arena for everything that is neither argument nor result. Lifetimes are counted in steps; since
// a barrier lies between steps, two buffers may share bytes when their steps do not overlap.

import { byteSize } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { shapeText } from "#engine/base/shape.ts";
import type { Node } from "#engine/graph/graph.ts";
import { keyOf, type AnyStep, type StepBuffer } from "#engine/compile/step.ts";

export interface Lifetime {
  readonly buffer: StepBuffer;
  /** First and last step that touches it. */
  first: number;
  last: number;
}

export interface ArenaPlan {
  readonly bytes: number;
  readonly offsets: ReadonlyMap<Lifetime, number>;
}

const alignment = 64;

/** The first and the last step that touch each buffer. @param isPlaced whether a buffer lies elsewhere, by its key */
export function lifetimesOf(
  steps: readonly AnyStep[],
  isPlaced: (key: Node | StepBuffer) => boolean,
): ReadonlyMap<Node | StepBuffer, Lifetime> {
  const lifetimes = new Map<Node | StepBuffer, Lifetime>();
  steps.forEach((step, number) => {
    for (const buffer of step.buffers) {
      const key = keyOf(buffer);
      if (isPlaced(key)) continue;
      const known = lifetimes.get(key);
      if (known === undefined) lifetimes.set(key, { buffer, first: number, last: number });
      else known.last = number;
    }
  });
  return lifetimes;
}

/** @throws memory for a value that code cannot reach all of */
export function checkSizes(lifetimes: readonly Lifetime[], mostBytes: number): void {
  for (const { buffer } of lifetimes) {
    if (bytesOf(buffer) <= mostBytes) continue;
    const shape = buffer.kind === "node" ? buffer.node.type.shape : [buffer.size];
    const [bytes, most] = [bytesOf(buffer), mostBytes].map((size) => `${(size / 2 ** 30).toFixed(2)} GiB`);
    throw new SinterError(
      "memory",
      `A value ${shapeText(shape)} of ${buffer.dtype} takes ${bytes} while computing, at most ${most} can be reached. ` +
        "Use a smaller batch, shorter sequences, or parts of it one after another.",
      { shape, dtype: buffer.dtype },
    );
  }
}

/** Places every buffer: large ones first, each as low as its neighbours in time allow. */
export function planArena(lifetimes: readonly Lifetime[]): ArenaPlan {
  const offsets = new Map<Lifetime, number>();
  const placed: { lifetime: Lifetime; from: number; to: number }[] = [];
  let total = 0;
  for (const lifetime of lifetimes.toSorted((a, b) => bytesOf(b.buffer) - bytesOf(a.buffer))) {
    const bytes = bytesOf(lifetime.buffer);
    const rivals = placed
      .filter((one) => one.lifetime.first <= lifetime.last && lifetime.first <= one.lifetime.last)
      .toSorted((a, b) => a.from - b.from);
    let offset = 0;
    for (const rival of rivals) {
      if (offset + bytes <= rival.from) break;
      offset = Math.max(offset, rival.to);
    }
    placed.push({ lifetime, from: offset, to: offset + bytes });
    offsets.set(lifetime, offset);
    total = Math.max(total, offset + bytes);
  }
  return { bytes: total, offsets };
}

function bytesOf(buffer: StepBuffer): number {
  return Math.ceil(Math.max(buffer.size * byteSize(buffer.dtype), 4) / alignment) * alignment;
}
