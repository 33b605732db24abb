// Random graphs: bounded in size, of every primitive, with their arguments. Equal recipes give equal graphs.

import fc from "fast-check";
import { sizeOf } from "#engine/base/shape.ts";
import { reverse } from "#engine/grad/reverse.ts";
import { simplifyGraph } from "#engine/grad/simplify.ts";
import { sortNodes, typeText, type Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import { fuzzGradientTolerance, fuzzTolerance } from "../tolerances.ts";
import { Choices } from "./choices.ts";
import { buildLargeGraph, largeRecipes, type ComparedGraph, type LargeRecipe } from "./large-graph.ts";
import { Pool } from "./pool.ts";
import { steps } from "./steps.ts";

/** What fast-check draws and shrinks. */
export interface Recipe {
  readonly kind: "small";
  readonly seed: number;
  readonly hasGradient: boolean;
  readonly steps: readonly { readonly step: number; readonly choices: readonly number[] }[];
}

const names = Object.keys(steps);

export const recipes: fc.Arbitrary<Recipe> = fc.record({
  kind: fc.constant("small" as const),
  seed: fc.nat(10_000),
  hasGradient: fc.boolean(),
  steps: fc.array(
    fc.record({
      step: fc.nat(names.length - 1),
      choices: fc.array(fc.nat(1000), { minLength: 6, maxLength: 24 }),
    }),
    { minLength: 1, maxLength: 14 },
  ),
});

/** Small graphs of many steps, and now and then one of a large operation. */
export const allRecipes: fc.Arbitrary<Recipe | LargeRecipe> = fc.oneof(
  { weight: 7, arbitrary: recipes },
  { weight: 1, arbitrary: largeRecipes },
);

/** The graph of a recipe, simplified as programs are. */
export function buildGraph(recipe: Recipe | LargeRecipe): ComparedGraph {
  return recipe.kind === "large" ? buildLargeGraph(recipe) : buildSmallGraph(recipe);
}

function buildSmallGraph(recipe: Recipe): ComparedGraph {
  let pool = new Pool(new Choices([]), recipe.seed, !recipe.hasGradient);
  const { entries, parameters, args } = pool;
  for (const { step, choices } of recipe.steps) {
    pool = Object.assign(new Pool(new Choices(choices), recipe.seed, !recipe.hasGradient), {
      entries,
      parameters,
      args,
    });
    const run = steps[names[step] ?? ""];
    run?.(pool);
  }
  const outputs = outputsOf(
    entries.map((entry) => entry.node),
    recipe,
  );
  const final = simplifyGraph(outputs, undefined, "final");
  const simplified = outputs.map((output) => final.get(output) ?? output);
  return {
    graph: { parameters, outputs: simplified, donations: donate(parameters, simplified, recipe.seed) },
    args,
    tolerance: recipe.hasGradient ? fuzzGradientTolerance : fuzzTolerance,
  };
}

/** Nodes that none uses, one in four of the others, some parameters; with gradients of a sum of all. */
function outputsOf(nodes: readonly Node[], recipe: Recipe): Node[] {
  const used = new Set(nodes.flatMap((node) => sortNodes([node]).flatMap((one) => one.inputs)));
  const isKept = (node: Node, index: number): boolean => !used.has(node) || (index + recipe.seed) % 4 === 0;
  const outputs = nodes
    .filter((node, index) =>
      node.primitive.trait === "parameter" ? (index + recipe.seed) % 8 === 0 : isKept(node, index),
    )
    .slice(-5);
  if (!recipe.hasGradient) return outputs;
  const losses = outputs
    .filter((node) => node.type.dtype === "f32")
    .map((node) => ops.reduceSum(ops.tanh(node), [...node.type.shape.keys()]));
  if (losses.length === 0) return outputs;
  const loss = losses.reduce(ops.add);
  const forward = simplifyGraph([loss]);
  const simple = forward.get(loss) ?? loss;
  const targets = sortNodes([simple]).filter(
    (node) => node.primitive.trait === "parameter" && node.type.dtype === "f32",
  );
  return [...outputs, simple, ...reverse(simple, targets)];
}

/** Half of the outputs take over the memory of a parameter of their type. */
function donate(parameters: readonly Node[], outputs: readonly Node[], seed: number): number[] {
  const free = new Set(parameters.keys());
  return outputs.map((output, index) => {
    const fits = [...free].find((one) => {
      const parameter = parameters[one];
      return parameter !== undefined && typeText(parameter.type) === typeText(output.type);
    });
    if (fits === undefined || (seed + index) % 2 === 0 || sizeOf(output.type.shape) === 0) return -1;
    free.delete(fits);
    return fits;
  });
}
