// The nearest rows of a table to some others: every row is compared, in products of matrices on the device, block by block, so
// that only the table itself and one block of scores are in memory.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer } from "#engine/base/options.ts";
import { shapeText } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import { isTensor, type Tensor } from "#engine/tensor/tensor.ts";
import { disposeAll } from "./dispose.ts";

/** Vectors: a tensor [rows, features], or a list of rows. */
export type VectorRows = Tensor | readonly (readonly number[] | Float32Array)[];

export interface NearestNeighboursOptions {
  /** "cosine" (default): the cosine of the angle between two rows. "euclidean": the distance of two rows. */
  readonly metric?: "cosine" | "euclidean";
}

export interface NeighbourSearchOptions {
  /** Rows found at most; 5. */
  readonly numNeighbours?: number;
}

/** A row of the table, and how near it is: the cosine, 1 for the same direction, or the distance, 0 for the same row. */
export interface Neighbour {
  readonly index: number;
  readonly score: number;
}

/** Scores of one block at most, and numbers of its rows at most: 16 MiB each. */
const blockSize = 2 ** 22;
/** Rows asked for in one product. */
const queryBlock = 256;
/** Further candidates, whose scores in f32 may be rounded behind others'. */
const spare = 16;

/** A table of vectors that is searched; `nearestNeighbours` makes it. */
export class NearestNeighbours {
  readonly numRows: number;
  readonly numFeatures: number;
  readonly metric: "cosine" | "euclidean";
  readonly #rows: Float32Array;
  readonly #lengths: Float64Array;

  constructor(rows: Float32Array, numFeatures: number, metric: "cosine" | "euclidean") {
    this.numRows = rows.length / numFeatures;
    this.numFeatures = numFeatures;
    this.metric = metric;
    this.#rows = rows;
    this.#lengths = lengthsOf(rows, numFeatures);
  }

  /**
   * For each query the nearest rows, the nearest first; of equally near ones the first. A row of zeros has the cosine 0 with all.
   * @param queries [queries, features]
   * @throws shape for other features; option
   */
  async search(queries: VectorRows, options: NeighbourSearchOptions = {}): Promise<Neighbour[][]> {
    checkOptions("search", options, ["numNeighbours"]);
    const wanted = Math.min(this.numRows, integer("search", "numNeighbours", options.numNeighbours ?? 5));
    const { values, numFeatures } = await hostRows("search", queries);
    if (numFeatures !== this.numFeatures) {
      throw new SinterError(
        "shape",
        `search: the queries have ${numFeatures} features, the table has ${this.numFeatures}. Take both from the same model.`,
        { numFeatures, expected: this.numFeatures },
      );
    }
    const found: Neighbour[][] = [];
    for (let start = 0; start < values.length; start += queryBlock * numFeatures) {
      const block = values.subarray(start, start + queryBlock * numFeatures);
      const candidates = await this.#candidates(block, wanted + spare);
      found.push(...candidates.map((list, place) => this.#ranked(rowOf(block, place, numFeatures), list, wanted)));
    }
    return found;
  }

  /** For each query the numbers of the rows that score best in f32. */
  async #candidates(queries: Float32Array, count: number): Promise<readonly number[][]> {
    const { numFeatures } = this;
    const numQueries = queries.length / numFeatures;
    const best = Array.from({ length: numQueries }, () => new Best(count));
    const numBlockRows = Math.max(1, Math.floor(blockSize / Math.max(numQueries, numFeatures)));
    const asked = tensor(queries, { shape: [numQueries, numFeatures] });
    for (let first = 0; first < this.numRows; first += numBlockRows) {
      const last = Math.min(this.numRows, first + numBlockRows);
      const rows = tensor(this.#rows.subarray(first * numFeatures, last * numFeatures), {
        shape: [last - first, numFeatures],
      });
      const products = asked.matMul(rows.transpose());
      const scores = await products.data();
      disposeAll([rows, products]);
      for (const [query, list] of best.entries()) {
        for (let row = first; row < last; row += 1) {
          list.offer(row, this.#comparable(scores[query * (last - first) + row - first] ?? 0, row));
        }
      }
    }
    disposeAll([asked]);
    return best.map((list) => list.indices);
  }

  /** What orders rows as the metric does, for one query, the larger the nearer; of its product with the row. */
  #comparable(product: number, row: number): number {
    const length = this.#lengths[row] ?? 0;
    if (this.metric === "euclidean") return 2 * product - length * length;
    return length === 0 ? 0 : product / length;
  }

  /** The nearest of some rows, by scores in f64. */
  #ranked(query: Float32Array, candidates: readonly number[], count: number): Neighbour[] {
    const sign = this.metric === "cosine" ? -1 : 1;
    return candidates
      .map((index) => ({ index, score: this.#score(query, index) }))
      .toSorted((one, other) => sign * (one.score - other.score) || one.index - other.index)
      .slice(0, count);
  }

  #score(query: Float32Array, index: number): number {
    const row = rowOf(this.#rows, index, this.numFeatures);
    if (this.metric === "euclidean")
      return Math.sqrt(row.reduce((sum, value, at) => sum + (value - (query[at] ?? 0)) ** 2, 0));
    const product = row.reduce((sum, value, at) => sum + value * (query[at] ?? 0), 0);
    const lengths = (this.#lengths[index] ?? 0) * (lengthsOf(query, query.length)[0] ?? 0);
    return lengths === 0 ? 0 : product / lengths;
  }
}

/**
 * A table of vectors for exact searches: features of pictures, embeddings of texts, words.
 * @param rows [rows, features], finite
 * @throws shape where rows differ in length, or there are none; value for what is not finite; option
 * @example
 * const index = await nearestNeighbours(features, { metric: "cosine" });
 * const [nearest] = await index.search([query], { numNeighbours: 3 });
 */
export async function nearestNeighbours(
  rows: VectorRows,
  options: NearestNeighboursOptions = {},
): Promise<NearestNeighbours> {
  checkOptions("nearestNeighbours", options, ["metric"]);
  const metric = choice("nearestNeighbours", "metric", options.metric ?? "cosine", ["cosine", "euclidean"] as const);
  const { values, numFeatures } = await hostRows("nearestNeighbours", rows);
  return new NearestNeighbours(values, numFeatures, metric);
}

/** The best rows so far, by a heap whose first is the worst of them. */
class Best {
  readonly #count: number;
  readonly #rows: number[] = [];
  readonly #scores: number[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  get indices(): number[] {
    return this.#rows;
  }

  offer(row: number, score: number): void {
    if (this.#rows.length < this.#count) {
      this.#rows.push(row);
      this.#scores.push(score);
      if (this.#rows.length === this.#count) {
        for (let at = Math.floor(this.#count / 2) - 1; at >= 0; at -= 1) this.#sink(at);
      }
    } else if (score > (this.#scores[0] ?? 0)) {
      this.#rows[0] = row;
      this.#scores[0] = score;
      this.#sink(0);
    }
  }

  #sink(start: number): void {
    const [rows, scores] = [this.#rows, this.#scores];
    for (let at = start; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < rows.length && (scores[left] ?? 0) < (scores[least] ?? 0)) least = left;
      if (right < rows.length && (scores[right] ?? 0) < (scores[least] ?? 0)) least = right;
      if (least === at) return;
      [rows[at], rows[least]] = [rows[least] ?? 0, rows[at] ?? 0];
      [scores[at], scores[least]] = [scores[least] ?? 0, scores[at] ?? 0];
      at = least;
    }
  }
}

/** Rows in host memory. @throws shape, value */
async function hostRows(name: string, rows: VectorRows): Promise<{ values: Float32Array; numFeatures: number }> {
  const shape = isTensor(rows) ? rows.shape : [rows.length, rows[0]?.length ?? 0];
  const [numRows = 0, numFeatures = 0] = shape;
  if (shape.length !== 2 || numRows === 0 || numFeatures === 0) {
    throw new SinterError(
      "shape",
      `${name}: ${shapeText(shape)} came, expected [rows, features]. Give one vector a row.`,
      { shape },
    );
  }
  const values = new Float32Array(numRows * numFeatures);
  if (isTensor(rows)) values.set(await rows.cast("f32").data());
  else {
    for (const [place, row] of rows.entries()) {
      if (row.length !== numFeatures) {
        throw new SinterError(
          "shape",
          `${name}: row ${place} has ${row.length} numbers, the first has ${numFeatures}. Make them equal.`,
        );
      }
      values.set(row, place * numFeatures);
    }
  }
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong === -1) return { values, numFeatures };
  const row = Math.floor(wrong / numFeatures);
  throw new SinterError("value", `${name}: row ${row} holds ${values[wrong]}. Leave out rows that are not finite.`, {
    row,
  });
}

function rowOf(rows: Float32Array, place: number, numFeatures: number): Float32Array {
  return rows.subarray(place * numFeatures, (place + 1) * numFeatures);
}

/** The length of each row. */
function lengthsOf(rows: Float32Array, numFeatures: number): Float64Array {
  return Float64Array.from({ length: rows.length / numFeatures }, (_, place) =>
    Math.sqrt(rowOf(rows, place, numFeatures).reduce((sum, value) => sum + value * value, 0)),
  );
}
