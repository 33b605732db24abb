// When a page trained the small CNN as Node did.

import { expect } from "vitest";
import type { Setting } from "./chromium.ts";
import type { TrainedCnn } from "./small-cnn.ts";

/** Most that a loss may differ. */
const lossTolerance = 1e-5;

const descriptions: Readonly<Record<Setting, RegExp>> = {
  isolated: /\d+ threads?, shared memory/,
  plain: /1 thread, memory of its own/,
};

/** The page computed on the threads that it may have, and its losses are Node's. */
export function expectSameTraining(page: TrainedCnn, node: TrainedCnn, setting: Setting): void {
  expect(page.description).toMatch(descriptions[setting]);
  for (const kind of ["batchLosses", "epochLosses"] as const) {
    expect(node[kind].length).toBeGreaterThan(0);
    expect(page[kind]).toHaveLength(node[kind].length);
    const differences = page[kind].map((loss, index) => Math.abs(loss - (node[kind][index] ?? NaN)));
    expect(Math.max(...differences)).toBeLessThanOrEqual(lossTolerance);
  }
  expect(page.accuracy).toBe(node.accuracy);
}
