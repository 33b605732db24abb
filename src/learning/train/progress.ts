// The progress that fit, evaluate and predict show: Keras's bar (verbose 1) or one line an epoch (verbose 2). Writes to the
// output it is given; never waits for the device.

import { platform, type TextOutput } from "#engine/platform/api.ts";
import type { Logs } from "./metric-states.ts";

/** 0: nothing; 1: a bar; 2: a line an epoch. */
export type Verbose = 0 | 1 | 2;

const barWidth = 20;
/** The bar is redrawn at most this often. */
const intervalMs = 50;

/** Where progress goes: as the user said, else the platform's own output. */
export function outputOf({ output }: { readonly output?: TextOutput | undefined }): TextOutput | undefined {
  return output ?? platform().output;
}

export class ProgressBar {
  readonly #output: TextOutput | undefined;
  readonly #verbose: Verbose;
  readonly #target: number;
  readonly #now: () => number;
  readonly #start: number;
  #afterFirst: number | undefined;
  #drawn = Number.NEGATIVE_INFINITY;
  #width = 0;

  /** @param target steps in all */
  constructor(output: TextOutput | undefined, verbose: Verbose, target: number, now: () => number) {
    this.#output = output;
    this.#verbose = output === undefined ? 0 : verbose;
    this.#target = target;
    this.#now = now;
    this.#start = now();
  }

  /** Shows that `done` steps are done. The last call of an epoch is `finish`. */
  update(done: number, logs: Logs): void {
    const now = this.#now();
    if (done === 1) this.#afterFirst = now;
    if (this.#verbose !== 1 || this.#output?.isTerminal !== true || now - this.#drawn < intervalMs) return;
    this.#drawn = now;
    const left = (this.#secondsPerStep(done, now) * (this.#target - done)) | 0;
    this.#draw(`${this.#bar(done)} ${durationText(left)}${stepText(this.#secondsPerStep(done, now))}${logsText(logs)}`);
  }

  /** Shows the epoch's final numbers. */
  finish(done: number, logs: Logs): void {
    if (this.#verbose === 0) return;
    const now = this.#now();
    const seconds = Math.round((now - this.#start) / 1000);
    const numbers = `${stepText(this.#secondsPerStep(done, now))}${logsText(logs)}`;
    if (this.#verbose === 1) this.#draw(`${this.#bar(done)} ${seconds}s${numbers}`);
    else this.#output?.write(`${this.#count(done)} - ${seconds}s -${numbers}`);
    this.#output?.write("\n");
  }

  #draw(text: string): void {
    const isTerminal = this.#output?.isTerminal === true;
    this.#output?.write(`${isTerminal ? "\r" : ""}${text}${" ".repeat(Math.max(0, this.#width - text.length))}`);
    this.#width = isTerminal ? text.length : 0;
  }

  #bar(done: number): string {
    const filled = Math.floor((barWidth * done) / Math.max(1, this.#target));
    // The rest is a blank where Keras has a grey dash: without colours the two could not be told apart.
    return `${this.#count(done)} ${"━".repeat(filled)}${" ".repeat(barWidth - filled)}`;
  }

  #count(done: number): string {
    return `${String(done).padStart(String(this.#target).length)}/${this.#target}`;
  }

  /** The first step compiles, so it counts only while it is the only one. */
  #secondsPerStep(done: number, now: number): number {
    if (done === 0) return 0;
    if (this.#afterFirst !== undefined && done > 1) return (now - this.#afterFirst) / 1000 / (done - 1);
    return (now - this.#start) / 1000 / done;
  }
}

function durationText(seconds: number): string {
  const pad = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  if (seconds > 3600) return `${Math.floor(seconds / 3600)}:${pad((seconds % 3600) / 60)}:${pad(seconds % 60)}`;
  return seconds > 60 ? `${Math.floor(seconds / 60)}:${pad(seconds % 60)}` : `${seconds}s`;
}

function stepText(seconds: number): string {
  if (seconds >= 1 || seconds === 0) return ` ${seconds.toFixed(0)}s/step`;
  return seconds >= 1e-3 ? ` ${(seconds * 1e3).toFixed(0)}ms/step` : ` ${(seconds * 1e6).toFixed(0)}us/step`;
}

function logsText(logs: Logs): string {
  return Object.entries(logs)
    .map(([name, value]) => ` - ${name}: ${Math.abs(value) > 1e-3 ? value.toFixed(4) : value.toExponential(4)}`)
    .join("");
}
