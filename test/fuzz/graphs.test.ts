// Random graphs on every target. The number of graphs is small here; `npm run fuzz` runs more, with fresh seeds.

import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { primitives } from "#engine/ops/index.ts";
import { sortNodes } from "#engine/graph/graph.ts";
import { targets } from "../targets.ts";
import { agree } from "./agree.ts";
import { allRecipes, buildGraph, recipes } from "./random-graph.ts";

describe.each(targets.filter(({ name }) => name !== "js").map((target) => [target.name, target] as const))(
  "%s",
  (name, target) => {
    const numGraphs = name === "native" ? 500 : 250;
    const device = target.open();
    afterAll(() => device.close());

    test(`${numGraphs} random graphs agree with the oracle`, { timeout: 300_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(allRecipes, (recipe) => agree(device, recipe)),
        { numRuns: numGraphs, seed: 3, endOnFailure: false },
      );
    });
  },
);

test("random graphs reach every primitive", () => {
  const reached = new Set<string>();
  for (const recipe of fc.sample(recipes, { numRuns: 1500, seed: 1 })) {
    for (const node of sortNodes(buildGraph(recipe).graph.outputs)) reached.add(node.primitive.name);
  }
  // The last simplification removes identities.
  const missing = primitives.map(({ name }) => name).filter((name) => !reached.has(name) && name !== "identity");
  expect(missing).toEqual([]);
});
