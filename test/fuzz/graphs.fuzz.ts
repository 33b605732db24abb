// Many random graphs on every target, with a fresh seed: `npx vitest run --config test/fuzz/vitest.config.ts`.

import fc from "fast-check";
import { afterAll, describe, test } from "vitest";
import { targets } from "../targets.ts";
import { agree } from "./agree.ts";
import { recipes } from "./random-graph.ts";

/** Machine code has no checks behind it: it runs the most, in about twenty minutes. */
const numGraphsOf = (name: string): number => (name.startsWith("native") ? 20_000 : 2000);
const seed = Date.now() | 0;

describe.each(targets.filter(({ name }) => name !== "js").map((target) => [target.name, target] as const))(
  "%s",
  (name, target) => {
    const numGraphs = numGraphsOf(name);
    const device = target.open();
    afterAll(() => device.close());

    test(`${numGraphs} random graphs of seed ${seed}`, { timeout: 3_600_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(recipes, (recipe) => agree(device, recipe)),
        { numRuns: numGraphs, seed },
      );
    });
  },
);
