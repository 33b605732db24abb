// What a stretch of work takes of this process: time on all of its threads, and memory at its height. Linux knows the height of the
// resident memory and forgets it when told to; elsewhere memory counts at the end only.

import { readFileSync, writeFileSync } from "node:fs";

export class Measure {
  readonly #cpu = process.cpuUsage();
  readonly #taken = takenBytes();
  readonly #resident = process.memoryUsage.rss();
  readonly #knowsPeak = forgetPeak();

  cpuMs(): number {
    const { user, system } = process.cpuUsage(this.#cpu);
    return (user + system) / 1000;
  }

  /** The most that was taken since the start. */
  peakBytes(): number {
    const peak = this.#knowsPeak ? peakResident() - this.#resident : 0;
    return Math.max(peak, takenBytes() - this.#taken);
  }
}

/** Includes memory that was asked for and not touched. */
function takenBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Whether the height of the resident memory begins anew: `man proc`, clear_refs. */
function forgetPeak(): boolean {
  if (process.platform !== "linux") return false;
  try {
    writeFileSync("/proc/self/clear_refs", "5");
    return true;
  } catch {
    return false;
  }
}

function peakResident(): number {
  const [, kibibytes = "0"] = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kibibytes) * 1024;
}
