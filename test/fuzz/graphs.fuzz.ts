// Many random graphs on wasm, with a fresh seed: `npx vitest run --config test/fuzz/vitest.config.ts`.

import fc from "fast-check";
import { afterAll, describe, test } from "vitest";
import { targets } from "../targets.ts";
import { agree } from "./agree.ts";
import { allRecipes } from "./random-graph.ts";

const numGraphs = 2000;
const seed = Date.now() | 0;

describe.each(targets.filter(({ name }) => name.startsWith("wasm")).map((target) => [target.name, target] as const))(
  "%s",
  (_name, target) => {
    const device = target.open();
    afterAll(() => device.close());

    test(`${numGraphs} random graphs of seed ${seed}`, { timeout: 3_600_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(allRecipes, (recipe) => agree(device, recipe)),
        { numRuns: numGraphs, seed },
      );
    });
  },
);
