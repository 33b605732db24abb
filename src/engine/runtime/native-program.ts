// A program loaded on a native device: its code, and the table that its threads walk.

import { BugError } from "#engine/base/error.ts";
import type { KernelProgram, Slot } from "#engine/graph/kernel.ts";
import type { LoadedCode } from "#engine/platform/api.ts";
import { group } from "#engine/target/machine/layout.ts";

/** A kernel of a step, and where its buffers' addresses lie in the table. */
interface Call {
  readonly kernel: number;
  readonly buffers: readonly Slot[];
  /** Bytes from the table's begin. */
  readonly offset: number;
}

/** Calls between two barriers: one of many chunks, or a row of single chunks that one thread runs in order. */
interface Group {
  readonly firstStep: number;
  readonly numChunks: number;
  readonly calls: Call[];
}

const addressBytes = 8;

export class NativeProgram {
  readonly program: KernelProgram;
  readonly code: LoadedCode;
  /** Bytes of all groups; the addresses of buffers follow. */
  readonly groupBytes: number;
  readonly tableBytes: number;
  readonly #kernels: readonly number[];
  readonly #groups: readonly Group[];
  /** Of all runs that were measured. */
  numRuns = 0;
  /** Of each group. */
  readonly #milliseconds: number[];

  /** @param kernels offsets of the kernels' code */
  constructor(program: KernelProgram, code: LoadedCode, kernels: readonly number[]) {
    this.program = program;
    this.code = code;
    this.#kernels = kernels;
    const groups = groupSteps(program);
    this.groupBytes = groups.reduce((sum, { calls }) => sum + group.header + calls.length * group.callBytes, 0);
    this.#milliseconds = groups.map(() => 0);
    let offset = this.groupBytes;
    this.#groups = groups.map((one) => ({
      ...one,
      calls: one.calls.map((call) => {
        const placed = { ...call, offset };
        offset += call.buffers.length * addressBytes;
        return placed;
      }),
    }));
    this.tableBytes = Math.max(offset, addressBytes);
  }

  /** The table for a run: groups, then addresses of buffers. @param table where it will lie */
  fill(table: number, args: readonly number[], arena: number): Uint8Array<ArrayBuffer> {
    const words = new Uint32Array(Math.ceil(this.tableBytes / 8) * 2);
    const write = (offset: number, address: number): void => {
      words[offset / 4] = address;
      words[offset / 4 + 1] = Math.floor(address / 2 ** 32);
    };
    let place = 0;
    for (const { numChunks, calls } of this.#groups) {
      words[(place + group.numChunks) / 4] = numChunks;
      words[(place + group.numCalls) / 4] = calls.length;
      place += group.header;
      for (const { kernel, buffers, offset } of calls) {
        write(place + group.kernel, this.code.address + (this.#kernels[kernel] ?? 0));
        write(place + group.buffers, table + offset);
        buffers.forEach((slot, index) => write(offset + index * addressBytes, addressOf(slot, args, arena)));
        place += group.callBytes;
      }
    }
    return new Uint8Array(words.buffer);
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

function addressOf(slot: Slot, args: readonly number[], arena: number): number {
  if (slot.kind === "arena") return arena + slot.offset;
  const address = args[slot.index];
  if (address === undefined) throw new BugError(`A program runs without its argument ${slot.index}.`);
  return address + (slot.offset ?? 0);
}

function groupSteps(program: KernelProgram): Group[] {
  const groups: Group[] = [];
  program.steps.forEach(({ kernel, buffers }, firstStep) => {
    const numChunks = program.kernels[kernel]?.numChunks ?? 0;
    const last = groups.at(-1);
    const call = { kernel, buffers, offset: 0 };
    if (numChunks === 1 && last?.numChunks === 1) last.calls.push(call);
    else groups.push({ firstStep, numChunks, calls: [call] });
  });
  return groups;
}
