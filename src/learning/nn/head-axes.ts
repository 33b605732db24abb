// Which axes of a value attend: brings values with heads into the order [batch, ..., heads, places, dim] and back.

import { SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText, sizeOf, type Shape } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** Axes are numbered with the batch, which is 0. Holds no tensor. */
export class HeadAxes {
  /** Axes whose places are queries and keys. */
  readonly attending: readonly number[];
  /** The batch and the axes that only run along. */
  readonly kept: readonly number[];
  readonly #rank: number;

  /**
   * @param rank of one sample: axes that may attend, and features
   * @throws option for an axis that is none of them
   */
  constructor(rank: number, attentionAxes: readonly number[] | undefined, label: string) {
    const all = Array.from({ length: Math.max(rank - 1, 0) }, (_, axis) => axis + 1);
    const attending = (attentionAxes ?? all).map((axis) => (axis < 0 ? axis + rank + 1 : axis));
    if (attending.length === 0 || !attending.every((axis) => all.includes(axis))) {
      throw new SinterError(
        "option",
        `${label}: attentionAxes [${attending.join(", ")}] of an input of rank ${rank + 1}. Use axes from 1 to ${rank - 1}.`,
        { attentionAxes: attending, rank: rank + 1 },
      );
    }
    this.#rank = rank + 1;
    this.attending = attending;
    this.kept = [0, ...all.filter((axis) => !attending.includes(axis))];
  }

  /** Whether query and value, as samples, agree in the axes that run along. */
  doFit(query: Shape, value: Shape): boolean {
    const along = (shape: Shape): Shape => this.kept.slice(1).map((axis) => shape[axis - 1] ?? -1);
    return query.length === value.length && sameShape(along(query), along(value));
  }

  /** [batch, ...axes, heads, dim] as [batch, ..., heads, places, dim]. */
  gather(x: Tensor): Tensor {
    const heads = this.#rank - 1;
    const moved = x.transpose([...this.kept, heads, ...this.attending, heads + 1]);
    return moved.reshape([
      ...this.#extents(x.shape, [...this.kept, heads]),
      this.#places(x.shape),
      x.shape.at(-1) ?? 1,
    ]);
  }

  /** Undoes `gather` for a result that has the query's axes. */
  scatter(x: Tensor, query: Shape): Tensor {
    const heads = this.#rank - 1;
    const order = [...this.kept, heads, ...this.attending, heads + 1];
    const wide = x.reshape([...x.shape.slice(0, -2), ...this.#extents(query, this.attending), ...x.shape.slice(-1)]);
    return wide.transpose(order.map((_, axis) => order.indexOf(axis)));
  }

  /** A mask of places, bool [batch, ...axes], as [batch, ..., 1, places]. */
  gatherMask(mask: Tensor): Tensor {
    if (mask.rank !== this.#rank - 1) {
      throw new SinterError(
        "shape",
        `attention: mask ${shapeText(mask.shape)} for values of rank ${this.#rank}. Give one for each place.`,
        { mask: mask.shape },
      );
    }
    const moved = mask.transpose([...this.kept, ...this.attending]);
    return moved.reshape([...this.#extents(mask.shape, this.kept), 1, this.#places(mask.shape)]);
  }

  /** A mask of pairs, bool [batch, ..., ...queries, ...keys], as [batch, ..., queries, keys] with heads. */
  gatherPairs(mask: Tensor): Tensor {
    const numPaired = 2 * this.attending.length;
    const lead = mask.shape.slice(0, -numPaired);
    const ones = Array.from({ length: this.kept.length + 1 - lead.length }, () => 1);
    const queries = mask.shape.slice(-numPaired, -this.attending.length);
    return mask.reshape([...lead, ...ones, sizeOf(queries), sizeOf(mask.shape.slice(-this.attending.length))]);
  }

  /** Shape of the attention weights of samples: [..., heads, ...queries, ...keys]. */
  scoresShape(query: Shape, value: Shape, numHeads: number): number[] {
    const along = this.kept.slice(1).map((axis) => query[axis - 1] ?? 1);
    return [...along, numHeads, ...this.#ofSample(query), ...this.#ofSample(value)];
  }

  /** Weights [batch, ..., heads, queries, keys] with the axes of queries and keys apart. */
  spreadScores(weights: Tensor, query: Shape, value: Shape): Tensor {
    const ends = [...this.#extents(query, this.attending), ...this.#extents(value, this.attending)];
    return weights.reshape([...weights.shape.slice(0, -2), ...ends]);
  }

  /** @throws shape where a mask of pairs, as a sample, is none of these */
  checkMask(mask: Shape, query: Shape, value: Shape, label: string): void {
    const pairs = [...this.#ofSample(query), ...this.#ofSample(value)];
    const numLead = mask.length - pairs.length;
    if (numLead >= 0 && numLead <= this.kept.length && sameShape(mask.slice(numLead), pairs)) return;
    throw new SinterError("shape", `${label}: attention mask ${shapeText(mask)}. Give ${shapeText(pairs)}.`, {
      mask,
      pairs,
    });
  }

  #ofSample(shape: Shape): number[] {
    return this.attending.map((axis) => shape[axis - 1] ?? 1);
  }

  #extents(shape: Shape, axes: readonly number[]): number[] {
    return axes.map((axis) => shape[axis] ?? 1);
  }

  #places(shape: Shape): number {
    return sizeOf(this.#extents(shape, this.attending));
  }
}
