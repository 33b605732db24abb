// The text of `explain`: one line a kernel, with what it computes, moves and takes.

import type { KernelProgram } from "#engine/graph/kernel.ts";

interface Times {
  readonly numRuns: number;
  readonly milliseconds: readonly number[];
}

/** A table of the program's kernels; times appear after profiled runs. */
export function explainProgram(program: KernelProgram, times: Times, compileMs: number): string {
  const rows = program.steps.map((step, index) => {
    const kernel = program.kernels[step.kernel];
    const milliseconds = times.numRuns === 0 ? undefined : (times.milliseconds[index] ?? 0) / times.numRuns;
    const rate =
      milliseconds === undefined || milliseconds === 0 ? "" : ((kernel?.flops ?? 0) / milliseconds / 1e6).toFixed(1);
    return [
      String(index),
      ((kernel?.flops ?? 0) / 1e6).toFixed(2),
      ((kernel?.bytes ?? 0) / 1e6).toFixed(2),
      String(kernel?.numChunks ?? 0),
      milliseconds?.toFixed(3) ?? "",
      rate,
      kernel?.name ?? "",
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
