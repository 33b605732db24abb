// docs/compatibility.md says what the closed lists say.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { activationNames } from "#learning/nn/activations.ts";
import { constraints } from "#learning/nn/constraints.ts";
import { initializers } from "#learning/nn/initializers.ts";
import { layers } from "#learning/nn/layers.ts";
import { regularizers } from "#learning/nn/regularizers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { schedules } from "#learning/optim/schedules.ts";
import { callbacks } from "#learning/train/callbacks/callbacks.ts";
import { losses } from "#learning/train/losses.ts";
import { metrics } from "#learning/train/metrics.ts";
import { closedLists, groups, pagePath, renderPage } from "../../scripts/compatibility.mjs";

const lists: Readonly<Record<string, readonly string[]>> = {
  layers: Object.keys(layers),
  losses: Object.keys(losses),
  metrics: Object.keys(metrics),
  optimizers: Object.keys(optimizers),
  schedules: Object.keys(schedules),
  initializers: Object.keys(initializers),
  regularizers: Object.keys(regularizers),
  constraints: Object.keys(constraints),
  callbacks: Object.keys(callbacks),
  activations: activationNames,
};

test("the page is what the lists make it: else run node scripts/compatibility.mjs", () => {
  expect(groups.map(({ key }) => key)).toEqual(Object.keys(lists));
  expect(readFileSync(pagePath, "utf8")).toBe(renderPage(lists));
});

test("the script reads the same lists from the sources", () => {
  expect(closedLists()).toEqual(lists);
});

test("a name without golden cases and without a reason fails", () => {
  expect(() => renderPage({ ...lists, losses: [...(lists["losses"] ?? []), "unheardOf"] })).not.toThrow();
  expect(() => renderPage({ ...lists, layers: ["tfsmLayer"] })).toThrow("tfsmLayer is in no golden file");
});
