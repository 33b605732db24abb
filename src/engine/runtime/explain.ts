// The text of `explain`: one line a kernel, with what it computes, moves and takes.

import type { KernelProgram } from "#engine/graph/kernel.ts";
import type { PreparationStep } from "#engine/runtime/device.ts";
import { firstRounds, numRounds } from "#engine/graph/rounds.ts";

interface Times {
  readonly numRuns: number;
  readonly milliseconds: readonly number[];
}

/** What `explain` prints of a program, and of what is prepared for it. */
export async function explainWith(text: string, preparation: PreparationStep | undefined): Promise<string> {
  if (preparation === undefined) return text;
  return `${text}\n\nonce for a set of constants:\n${await preparation.executable.explain()}`;
}

/** A table of the program's kernels; times appear after profiled runs. */
export function explainProgram(program: KernelProgram, times: Times, compileMs: number): string {
  const first = firstRounds(program);
  const counts = numRounds(program);
  const spent = program.steps.map(() => 0);
  times.milliseconds.forEach((one, index) => {
    const step = first[index] ?? index;
    spent[step] = (spent[step] ?? 0) + one;
  });
  const rows = [...new Set(first)].map((index) => {
    const kernel = program.kernels[program.steps[index]?.kernel ?? -1];
    const count = counts[index] ?? 1;
    const flops = (kernel?.flops ?? 0) * count;
    const milliseconds = times.numRuns === 0 ? undefined : (spent[index] ?? 0) / times.numRuns;
    const rate = milliseconds === undefined || milliseconds === 0 ? "" : (flops / milliseconds / 1e6).toFixed(1);
    return [
      String(index),
      (flops / 1e6).toFixed(2),
      (((kernel?.bytes ?? 0) * count) / 1e6).toFixed(2),
      String(kernel?.numChunks ?? 0),
      milliseconds?.toFixed(3) ?? "",
      rate,
      (kernel?.name ?? "") + (count > 1 ? ` x ${count}` : ""),
    ];
  });
  const total = times.milliseconds.reduce((sum, one) => sum + one, 0) / Math.max(times.numRuns, 1);
  const head = ["#", "Mflop", "MB", "chunks", "ms", "Gflop/s", "kernel"];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padStart(widths[column] ?? 0))).join("  ");
  const summary =
    `${program.kernels.length} kernels, arena ${(program.arenaBytes / 2 ** 20).toFixed(1)} MiB, compiled in ${compileMs.toFixed(0)} ms` +
    (times.numRuns === 0 ? "" : `, ${total.toFixed(2)} ms a run (mean of ${times.numRuns})`);
  return [summary, line(head), ...rows.map(line)].join("\n");
}
