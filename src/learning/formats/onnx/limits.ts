// What a graph of a file may take of the machine: elements, work, time. A small file can ask for much; nothing here depends on
// the file's size.

import { SinterError } from "#engine/base/error.ts";
import { shapeText, sizeOf } from "#engine/base/shape.ts";
import { platform } from "#engine/platform/api.ts";
import type { GraphNode } from "./graph.ts";
import type { Value } from "./value.ts";

/** Bounds of the runs of a graph. Larger ones are for files that one trusts. */
export interface GraphLimits {
  /**
   * Elements of one value, and of all values that a run holds between its programs. By default 2^28 (1 GiB of f32), or 64 times
   * the elements of the graph's inputs and constants, if that is more.
   */
  readonly maxElements?: number | undefined;
  /** Nodes that a run computes, those in loops once a round and longer the larger their results are; default 2^20. */
  readonly maxSteps?: number | undefined;
}

/** How one run is guided. */
export interface GraphRunOptions {
  /** Ends the run between two programs. */
  readonly signal?: AbortSignal | undefined;
}

const maxElementsAtLeast = 2 ** 28;
/** The most channels that a network commonly makes of each of its input's. */
const maxGrowth = 64;
/** A round of a small loop takes some 20 µs a node: half a minute. */
const defaultMaxSteps = 2 ** 20;
/** Results in loops that count as one step more: what a device computes in the time of a node. */
const elementsOfStep = 2 ** 14;
/** Elements that the host computes one by one. */
const maxOnHost = 2 ** 24;
/** Parts that one node becomes in a program. */
const maxParts = 1024;
const msBetweenPauses = 50;

/** What is left of the bounds of one run. */
export class Budget {
  readonly #maxElements: number;
  readonly #maxSteps: number;
  readonly #signal: AbortSignal | undefined;
  #steps = 0;
  #held = 0;
  #loops = 0;
  #pausedAt = platform().now();

  /** @param numGiven elements of the graph's inputs and constants */
  constructor(numGiven: number, { maxElements, maxSteps }: GraphLimits = {}, { signal }: GraphRunOptions = {}) {
    this.#maxElements = maxElements ?? Math.max(maxElementsAtLeast, maxGrowth * numGiven);
    this.#maxSteps = maxSteps ?? defaultMaxSteps;
    this.#signal = signal;
  }

  /** Steps so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Elements held so far. */
  get held(): number {
    return this.#held;
  }

  /** Takes steps. @throws limit where they pass the bound */
  spend(steps: number, node: string): void {
    this.#steps += steps;
    if (this.#steps <= this.#maxSteps) return;
    const max = this.#maxSteps;
    throw new SinterError(
      "limit",
      `onnx: ${node}: the graph takes more than ${max} steps. Check its loops and inputs, or load it with { maxSteps: ${2 * max} }.`,
      { maxSteps: max },
    );
  }

  /** Takes the step of a node that is computed. @throws limit where a result is too large, or the steps pass the bound */
  take(node: GraphNode, results: readonly Value[]): void {
    let elements = 0;
    for (const value of results) elements += this.#sizeOfResult(node, value);
    this.spend(1 + (this.#loops === 0 ? 0 : Math.floor(elements / elementsOfStep)), node.operator);
  }

  #sizeOfResult(node: GraphNode, value: Value): number {
    if (value.kind === "sequence") return elementsOf(value);
    // Extents count beside an axis of none, too: much is done for each of them.
    const size =
      value.kind === "absent" ? 0 : value.shape.reduce((product, extent) => product * Math.max(extent, 1), 1);
    if (value.kind === "absent" || size <= this.#maxElements) return elementsOf(value);
    throw this.#tooLarge(`${node.operator} gives ${shapeText(value.shape)}`, size);
  }

  /** Holds a value until the graph that it belongs to is done. @throws limit where all values together pass the bound */
  hold(value: Value): void {
    this.#held += elementsOf(value);
    if (this.#held > this.#maxElements) throw this.#tooLarge("the graph holds too many values at once", this.#held);
  }

  /** Refuses values before a program makes them. @throws limit */
  requireRoom(values: readonly Value[]): void {
    const { held } = this;
    for (const value of values) this.hold(value);
    this.release(held);
  }

  /** Forgets what was held since there were so many elements. */
  release(held: number): void {
    this.#held = held;
  }

  #tooLarge(what: string, elements: number): SinterError {
    return new SinterError(
      "limit",
      `onnx: ${what}: ${elements} elements, more than ${this.#maxElements}. Check the inputs, or load it with { maxElements: ${elements} }.`,
      { elements, maxElements: this.#maxElements },
    );
  }

  /** Runs a round of a loop, in which large results take more steps. */
  async round<Result>(run: () => Promise<Result>): Promise<Result> {
    this.#loops += 1;
    const result = await run();
    this.#loops -= 1;
    return result;
  }

  /** Lets the program around the run have its turn now and then. @throws aborted when the signal has fired */
  async pause(): Promise<void> {
    if (platform().now() - this.#pausedAt > msBetweenPauses) {
      await platform().yield();
      this.#pausedAt = platform().now();
    }
    if (this.#signal?.aborted !== true) return;
    throw new SinterError("aborted", "onnx: stopped by its signal.", {}, this.#signal.reason);
  }
}

/** What went wrong with a node: arrays that are larger than arrays can be, or graphs too deep, are beyond a limit. */
export function asLimit(error: unknown, what: string): unknown {
  if (!(error instanceof RangeError)) return error;
  const message = `onnx: ${what} asks for more than fits into memory. Check the file, or use smaller inputs.`;
  return new SinterError("limit", message, {}, error);
}

/** Elements of a value; a list has one more for each of its items. */
export function elementsOf(value: Value): number {
  if (value.kind === "tensor") return sizeOf(value.shape);
  if (value.kind === "absent") return 0;
  return value.items.reduce((sum, { shape }) => sum + 1 + sizeOf(shape), 0);
}

/** A number of elements that the host computes. @throws limit where there are too many */
export function onHost(count: number, what: string): number {
  return within(count, maxOnHost, `${what} computes ${count} elements on the host`);
}

/** A number of parts that a node becomes. @throws limit where there are too many */
export function inParts(count: number, what: string): number {
  return within(count, maxParts, `${what} has ${count} parts`);
}

function within(count: number, max: number, what: string): number {
  if (count <= max) return count;
  throw new SinterError("limit", `onnx: ${what}, more than ${max}. Check the file, or use smaller inputs.`, { count });
}
