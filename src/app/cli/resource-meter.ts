// What a training takes of this machine, measured while it works: time by phase, processor time, memory, energy.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ResourceUse } from "#app/tasks/report/resources.ts";
import type { TrainEvent } from "#app/tasks/train-options.ts";
import { currentDevice } from "#entry/node.ts";

const powercap = "/sys/class/powercap";
/** Often enough to see each turn of a counter: 262 kJ last 17 minutes at 250 W. */
const msBetweenSamples = 10_000;

/** The processor's own energy counters; none where they are not there, or not for everyone to read. */
class EnergyCounters {
  readonly #zones: readonly { readonly path: string; readonly range: number }[];
  #last: readonly number[];
  #microjoules = 0;

  constructor() {
    this.#zones = existsSync(powercap) ? readdirSync(powercap).flatMap(packageZone) : [];
    this.#last = this.#read();
  }

  get areThere(): boolean {
    return this.#zones.length > 0;
  }

  /** Joules since the start. */
  sample(): number {
    const now = this.#read();
    now.forEach((value, index) => {
      const gained = value - (this.#last[index] ?? value);
      this.#microjoules += gained < 0 ? gained + (this.#zones[index]?.range ?? 0) : gained;
    });
    this.#last = now;
    return this.#microjoules / 1e6;
  }

  #read(): number[] {
    return this.#zones.map(({ path }) => readNumber(join(path, "energy_uj")) ?? Number.NaN);
  }
}

/** A whole package, as intel-rapl:0; its parts (intel-rapl:0:1) are in it. */
function packageZone(name: string): { path: string; range: number }[] {
  const path = join(powercap, name);
  const range = readNumber(join(path, "max_energy_range_uj"));
  const isReadable = /^intel-rapl:\d+$/.test(name) && readNumber(join(path, "energy_uj")) !== undefined;
  return isReadable && range !== undefined ? [{ path, range }] : [];
}

function readNumber(path: string): number | undefined {
  try {
    const value = Number(readFileSync(path, "utf8"));
    return Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Measures from its making to `finish`. */
export class ResourceMeter {
  readonly #energy = new EnergyCounters();
  readonly #start = performance.now();
  readonly #cpuStart = process.cpuUsage();
  #lastSample = 0;
  #deviceBytes = 0;
  #dataSeconds = 0;
  #fitSeconds = 0;
  #fitEnd = 0;
  #evaluateSeconds = 0;
  #isPartial = false;

  /** Takes what an event of the training says about time, and a sample of what passes. */
  observe(event: TrainEvent): void {
    const now = performance.now();
    if (event.kind === "data") this.#dataSeconds = (now - this.#start) / 1000;
    if (event.kind === "resumed") this.#isPartial = true;
    if (event.kind === "epoch") {
      this.#fitSeconds += event.seconds;
      this.#fitEnd = now;
    }
    if (event.kind === "evaluation") this.#evaluateSeconds = (now - this.#fitEnd) / 1000;
    if (now - this.#lastSample < msBetweenSamples && event.kind === "step") return;
    this.#lastSample = now;
    this.#deviceBytes = Math.max(this.#deviceBytes, currentDevice().liveBytes);
    this.#energy.sample();
  }

  /** What was measured. */
  finish(): ResourceUse {
    const { user, system } = process.cpuUsage(this.#cpuStart);
    const joules = this.#energy.sample();
    return {
      phases: [
        { name: "data", seconds: this.#dataSeconds },
        { name: "fit", seconds: this.#fitSeconds },
        { name: "evaluate", seconds: this.#evaluateSeconds },
      ].filter(({ seconds }) => seconds > 0),
      seconds: (performance.now() - this.#start) / 1000,
      cpuSeconds: (user + system) / 1e6,
      // In kibibytes on every system.
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      deviceBytes: this.#deviceBytes,
      ...(this.#isPartial ? { isPartial: true } : {}),
      ...(this.#energy.areThere && Number.isFinite(joules) ? { energyJoules: joules } : {}),
    };
  }
}
