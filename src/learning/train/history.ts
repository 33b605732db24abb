// What fit gives back: the numbers of every epoch.

import type { Logs } from "./metric-states.ts";

export class History {
  /** By name, one number an epoch: `loss`, `accuracy`, `valLoss`, … */
  readonly history: Record<string, number[]> = {};
  /** Numbers of the epochs, from 0. */
  readonly epoch: number[] = [];

  /** Adds an epoch's numbers. */
  add(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) (this.history[name] ??= []).push(value);
  }
}
