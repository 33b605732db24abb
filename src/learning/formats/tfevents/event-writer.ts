// Event files that grow: summaries are gathered and appended to one file of a folder, which TensorBoard reads meanwhile.

import { SinterError } from "#engine/base/error.ts";
import { type Picture, platform } from "#engine/platform/api.ts";
import { encodeEvents, fileVersion } from "../tfevents.ts";
import type { EventContent, GraphNode, HyperparameterValue, SummaryValue } from "./event.ts";
import { histogramSummary, prCurveSummary, type PrCurveOptions } from "./make-summary.ts";

/** Bytes that are gathered before they are written. */
const flushBytes = 64 * 1024;
/** Events of one folder that were begun within one second need names of their own. */
let numWriters = 0;

export interface EventWriterOptions {
  /** Seconds since 1970; the clock by default. */
  readonly now?: () => number;
  /** The name of the file; one by time, process and number by default. */
  readonly filename?: string | undefined;
}

/** Where a writer's file stands: what a run that goes on comes back to. */
export interface EventWriterPlace {
  readonly filename: string;
  readonly numBytes: number;
}

/**
 * Writes summaries for TensorBoard into a file of a folder; the folder is a run, and its sub-folders are runs beside it. What
 * was written lies in the file after `flush`, which comes by itself from time to time.
 * @example
 * const writer = new EventWriter("logs/train");
 * await writer.scalar("loss", 0.7, 0);
 * await writer.histogram("weights", [0.1, 0.2, 0.4], 0);
 * await writer.flush();
 */
export class EventWriter {
  readonly folder: string;
  readonly #now: () => number;
  #filename: string;
  #waiting: Uint8Array[] = [];
  #numWaiting = 0;
  #writing: Promise<void> = Promise.resolve();
  /** In the file; undefined until it is begun. */
  #numBytes: number | undefined;

  constructor(folder: string, { now = () => Date.now() / 1000, filename }: EventWriterOptions = {}) {
    if (typeof folder !== "string" || folder === "") {
      throw new SinterError("option", "EventWriter: no folder came. Give the path of one.");
    }
    this.folder = folder;
    this.#now = now;
    numWriters += 1;
    const process = platform().processes?.own ?? 0;
    // TensorBoard reads every file with "tfevents" in its name, in the order of the names.
    this.#filename = filename ?? `events.out.tfevents.${Math.floor(now())}.sinter.${process}.${numWriters}.v2`;
  }

  /** The file, which is there after the first `flush`. */
  get path(): string {
    return `${this.folder}${platform().files.separator}${this.#filename}`;
  }

  /** A number; shown as a curve over the steps. */
  async scalar(tag: string, value: number, step: number): Promise<void> {
    await this.write([{ kind: "scalar", tag, value }], step);
  }

  /** Where values lie, in 30 buckets of equal width. */
  async histogram(tag: string, values: ArrayLike<number>, step: number): Promise<void> {
    await this.write([histogramSummary(tag, values)], step);
  }

  /** Pictures of one size. @throws shape for sizes that differ, or no picture */
  async images(tag: string, pictures: readonly Picture[], step: number): Promise<void> {
    const [first] = pictures;
    if (first === undefined || pictures.some(({ width, height }) => width !== first.width || height !== first.height)) {
      throw new SinterError("shape", `EventWriter: ${tag}: pictures of one size are expected. Give at least one.`);
    }
    const { width, height } = first;
    const pngs = await Promise.all(pictures.map((picture) => platform().encodePng(picture)));
    await this.write([{ kind: "images", tag, width, height, pngs }], step);
  }

  /** A text in Markdown. */
  async text(tag: string, text: string, step: number): Promise<void> {
    await this.write([{ kind: "text", tag, texts: [text] }], step);
  }

  /** Precision and recall of two-class predictions over all thresholds. @throws shape where the lengths differ */
  async prCurve(tag: string, { labels, predictions, ...options }: PrCurveData, step: number): Promise<void> {
    await this.write([prCurveSummary(tag, labels, predictions, options)], step);
  }

  /** What the Graphs tab draws. */
  async graph(nodes: readonly GraphNode[]): Promise<void> {
    await this.#add({ kind: "graph", nodes }, 0);
  }

  /**
   * The hyperparameters of this run, for the table of the HParams tab.
   * @param groupName runs of one name are one trial; the folder's own name by default
   */
  async hyperparameters(values: Readonly<Record<string, HyperparameterValue>>, groupName?: string): Promise<void> {
    const startTime = this.#now();
    const own = this.folder.split(/[\\/]/).findLast((part) => part !== "") ?? this.folder;
    await this.write([{ kind: "sessionStart", hyperparameters: values, groupName: groupName ?? own, startTime }], 0);
  }

  /** Summaries of any kind. @throws value for a step that is no integer */
  async write(values: readonly SummaryValue[], step: number): Promise<void> {
    await this.#add({ kind: "summary", values }, step);
  }

  /** Writes what was gathered. @throws file */
  flush(): Promise<void> {
    // One after another, also where a caller does not wait.
    this.#writing = this.#writing.then(() => this.#flush());
    return this.#writing;
  }

  async #flush(): Promise<void> {
    const isNew = this.#numBytes === undefined;
    if (this.#numWaiting === 0 && !isNew) return;
    const { files } = platform();
    const start = isNew ? [this.#event({ kind: "fileVersion", version: fileVersion }, 0)] : [];
    const bytes = joined([...start, ...this.#waiting]);
    this.#waiting = [];
    this.#numWaiting = 0;
    this.#numBytes = (this.#numBytes ?? 0) + bytes.length;
    if (isNew) await files.makeFolder(this.folder);
    await files.append(this.path, bytes);
  }

  /** Where the file stands, after a flush. */
  get place(): EventWriterPlace {
    return { filename: this.#filename, numBytes: this.#numBytes ?? 0 };
  }

  /** Goes on with a file where it stood; what was written later is cut off. @throws data where the file has less */
  async goOn({ filename, numBytes }: EventWriterPlace): Promise<void> {
    if (numBytes === 0) return;
    if (!/^[\w.-]*tfevents[\w.-]*$/.test(filename)) {
      throw new SinterError("format", `EventWriter: "${filename}" is no name of an event file. Begin a new run.`, {
        filename,
      });
    }
    const { files } = platform();
    this.#filename = filename;
    const isThere = (await files.stat(this.path)) !== undefined;
    const bytes = isThere ? await files.read(this.path) : new Uint8Array(0);
    if (bytes.length < numBytes) {
      throw new SinterError(
        "data",
        `"${this.path}" has ${bytes.length} bytes, but the run wrote ${numBytes}. Put the file back, or begin a new run.`,
        { path: this.path },
      );
    }
    if (bytes.length > numBytes) await files.writeAtomically(this.path, bytes.subarray(0, numBytes));
    this.#numBytes = numBytes;
  }

  async #add(content: EventContent, step: number): Promise<void> {
    const bytes = this.#event(content, step);
    this.#waiting.push(bytes);
    this.#numWaiting += bytes.length;
    if (this.#numWaiting >= flushBytes) await this.flush();
  }

  #event(content: EventContent, step: number): Uint8Array {
    return encodeEvents([{ wallTime: this.#now(), step, content }]);
  }
}

/** What a precision-recall curve is made of; see `prCurveSummary`. */
export interface PrCurveData extends PrCurveOptions {
  /** 1 for the class that is sought, else 0. */
  readonly labels: ArrayLike<number>;
  /** Its probability. */
  readonly predictions: ArrayLike<number>;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
