// A program loaded on a native device: its code, and the table that its threads walk.

import { BugError } from "#engine/base/error.ts";
import type { KernelProgram } from "#engine/graph/kernel.ts";
import type { LoadedCode } from "#engine/platform/api.ts";
import { group } from "#engine/target/machine/layout.ts";

/** A kernel of a step, and the first of its buffers among all. */
interface Call {
  readonly kernel: number;
  readonly firstSlot: number;
}

/** Calls between two barriers: one of many chunks, or a row of single chunks that one thread runs in order. */
interface Group {
  readonly firstStep: number;
  readonly numChunks: number;
  readonly calls: Call[];
}

const addressBytes = 8;
/** Of the arena, where others name an argument. */
const inArena = -1;

export class NativeProgram {
  readonly program: KernelProgram;
  readonly code: LoadedCode;
  /** Bytes of all groups; the addresses of buffers follow. */
  readonly groupBytes: number;
  readonly tableBytes: number;
  readonly #groups: readonly Group[];
  /** What every run's table has in common. */
  readonly #words: Uint32Array<ArrayBuffer>;
  /** Words that hold where a call's addresses begin, and the bytes from the table's begin to there. */
  readonly #tables: readonly { readonly word: number; readonly offset: number }[];
  /** For each address the argument that it lies in, and the bytes from its begin. */
  readonly #sources: Int32Array;
  readonly #offsets: Float64Array;
  /** Of all runs that were measured. */
  numRuns = 0;
  /** Of each group. */
  readonly #milliseconds: number[];

  /** @param kernels offsets of the kernels' code */
  constructor(program: KernelProgram, code: LoadedCode, kernels: readonly number[]) {
    this.program = program;
    this.code = code;
    this.#groups = groupSteps(program);
    this.groupBytes = this.#groups.reduce((sum, { calls }) => sum + group.header + calls.length * group.callBytes, 0);
    this.#milliseconds = this.#groups.map(() => 0);
    const slots = program.steps.flatMap(({ buffers }) => buffers);
    this.#sources = Int32Array.from(slots, (slot) => (slot.kind === "argument" ? slot.index : inArena));
    this.#offsets = Float64Array.from(slots, (slot) => slot.offset ?? 0);
    this.tableBytes = Math.max(this.groupBytes + slots.length * addressBytes, addressBytes);
    this.#words = new Uint32Array(this.tableBytes / 4);
    this.#tables = this.#writeGroups(kernels);
  }

  /** Writes the groups but for the addresses of their tables; gives where those go. */
  #writeGroups(kernels: readonly number[]): { word: number; offset: number }[] {
    const tables: { word: number; offset: number }[] = [];
    let place = 0;
    for (const { numChunks, calls } of this.#groups) {
      this.#words[(place + group.numChunks) / 4] = numChunks;
      this.#words[(place + group.numCalls) / 4] = calls.length;
      place += group.header;
      for (const { kernel, firstSlot } of calls) {
        this.#write((place + group.kernel) / 4, this.code.address + (kernels[kernel] ?? 0));
        tables.push({ word: (place + group.buffers) / 4, offset: this.groupBytes + firstSlot * addressBytes });
        place += group.callBytes;
      }
    }
    return tables;
  }

  #write(word: number, address: number): void {
    this.#words[word] = address;
    this.#words[word + 1] = Math.floor(address / 2 ** 32);
  }

  /** The table for a run, good until the next call: groups, then addresses of buffers. @param table where it will lie */
  fill(table: number, args: readonly number[], arena: number): Uint8Array<ArrayBuffer> {
    for (const { word, offset } of this.#tables) this.#write(word, table + offset);
    const first = this.groupBytes / 4;
    for (let index = 0; index < this.#sources.length; index += 1) {
      const argument = this.#sources[index] ?? inArena;
      const address = argument === inArena ? arena : args[argument];
      if (address === undefined) throw new BugError(`A program runs without its argument ${argument}.`);
      this.#write(first + 2 * index, address + (this.#offsets[index] ?? 0));
    }
    return new Uint8Array(this.#words.buffer);
  }

  /** Adds what a run took, shared among the groups by their ticks. @param table the groups of its table, as the run left them */
  measured(table: Uint8Array<ArrayBuffer>, milliseconds: number): void {
    this.numRuns += 1;
    const view = new DataView(table.buffer);
    let place = 0;
    const ticks = this.#groups.map(({ calls }) => {
      const own = Number(view.getBigUint64(place + group.ticks, true));
      place += group.header + calls.length * group.callBytes;
      return own;
    });
    const total = Math.max(
      1,
      ticks.reduce((sum, one) => sum + one, 0),
    );
    ticks.forEach((one, index) => {
      this.#milliseconds[index] = (this.#milliseconds[index] ?? 0) + (one / total) * milliseconds;
    });
  }

  /** Milliseconds of each step in all measured runs; a row of single chunks counts for its first. */
  get times(): { readonly numRuns: number; readonly milliseconds: readonly number[] } {
    const milliseconds = this.program.steps.map(() => 0);
    this.#groups.forEach(({ firstStep }, index) => {
      milliseconds[firstStep] = this.#milliseconds[index] ?? 0;
    });
    return { numRuns: this.numRuns, milliseconds };
  }
}

function groupSteps(program: KernelProgram): Group[] {
  const groups: Group[] = [];
  let firstSlot = 0;
  program.steps.forEach(({ kernel, buffers }, firstStep) => {
    const numChunks = program.kernels[kernel]?.numChunks ?? 0;
    const last = groups.at(-1);
    const call = { kernel, firstSlot };
    firstSlot += buffers.length;
    if (numChunks === 1 && last?.numChunks === 1) last.calls.push(call);
    else groups.push({ firstStep, numChunks, calls: [call] });
  });
  return groups;
}
