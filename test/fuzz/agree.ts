// Whether a target agrees with the oracle on a random graph, within the bounds of test/tolerances.ts.

import type { HostArray } from "#engine/base/dtype.ts";
import { philoxWord } from "#engine/base/philox.ts";
import { printGraph } from "#engine/graph/print.ts";
import { verifyGraph } from "#engine/graph/verify.ts";
import type { Device } from "#engine/runtime/device.ts";
import { interpret } from "#engine/target/js/interpreter.ts";
import { numbersOf } from "../laws/compare.ts";
import { runOn } from "../targets.ts";
import { fuzzDistanceFactor } from "../tolerances.ts";
import type { LargeRecipe } from "./large-graph.ts";
import { buildGraph, type Recipe } from "./random-graph.ts";

/** One graph in so many is computed with constants, too. */
const preparedEvery = 4;

/**
 * Runs a recipe on a device; throws with the printed graph where it disagrees.
 * @param twins devices that must give the same bits
 */
export async function agree(
  device: Device,
  recipe: Recipe | LargeRecipe,
  twins: readonly Device[] = [],
): Promise<void> {
  const { graph, args, tolerance } = buildGraph(recipe);
  verifyGraph(graph);
  const exact = interpret(graph, args, { precision: "f64" });
  const rounded = interpret(graph, args, { precision: "f32" });
  const moved = interpret(graph, args.map(perturb), { precision: "f64" });
  const fail = (message: string): never => {
    throw new Error(`${message}\n${printGraph(graph)}\nrecipe ${JSON.stringify(recipe)}`);
  };
  const run = async (one: Device, constants?: ReadonlySet<number>): Promise<HostArray[]> => {
    try {
      return await runOn(one, graph, args, constants);
    } catch (error) {
      return fail(`did not run: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  };
  const actual = await run(device);
  if (recipe.seed % preparedEvery === 0) {
    // Half of the parameters are constants: what follows from them alone is computed beforehand.
    const constants = graph.parameters.flatMap((_, index) =>
      index % 2 === 0 && !graph.donations.includes(index) ? index : [],
    );
    const same = await run(device, new Set(constants));
    const differing = actual.findIndex((values, index) => !hasEqualBits(values, same[index]));
    if (differing >= 0) fail(`output ${differing} has other bits with the constants ${constants.join(", ")}`);
  }
  for (const twin of twins) {
    const same = await run(twin);
    const differing = actual.findIndex((values, index) => !hasEqualBits(values, same[index]));
    if (differing >= 0) fail(`output ${differing} has other bits on ${twin.description}`);
  }
  graph.outputs.forEach((output, index) => {
    const { dtype } = output.type;
    const numbers = (results: readonly HostArray[]): Float64Array =>
      numbersOf(results[index] ?? new Float32Array(0), dtype);
    const [a, b] = [numbers(actual), numbers(rounded)];
    if (a.length !== b.length) fail(`output ${index}: ${a.length} elements, expected ${b.length}`);
    const oracle = { rounded: b, exact: numbers(exact), moved: numbers(moved) };
    const message = dtype === "f32" ? floatMismatch(a, oracle, tolerance) : integerMismatch(a, b);
    if (message !== undefined) fail(`output ${index}: ${message}`);
  });
}

function hasEqualBits(x: HostArray, y: HostArray | undefined): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: HostArray): Buffer => Buffer.from(buffer, byteOffset, byteLength);
  return y !== undefined && bytes(x).equals(bytes(y));
}

function integerMismatch(actual: Float64Array, oracle: Float64Array): string | undefined {
  const place = actual.findIndex((value, index) => !Object.is(value + 0, (oracle[index] ?? 0) + 0));
  return place < 0 ? undefined : `element ${place} is ${actual[place]}, expected ${oracle[place]}`;
}

interface Oracle {
  readonly rounded: Float64Array;
  readonly exact: Float64Array;
  readonly moved: Float64Array;
}

/** f32 arguments half a rounding away, up or down: what that changes, rounding inside a sum may change too. */
function perturb(data: HostArray): HostArray {
  if (!(data instanceof Float32Array)) return data;
  return Float64Array.from(
    data,
    (value, index) => value * (1 + (philoxWord([7, 7], 0, 0, index) < 0 ? -1 : 1) * 2 ** -24),
  );
}

/** Values against the oracle in float64, patterns of NaN and infinity against the one in float32. */
function floatMismatch(actual: Float64Array, oracle: Oracle, tolerance: number): string | undefined {
  const { rounded, exact, moved } = oracle;
  let distance = 0;
  let squares = 0;
  let numFinite = 0;
  for (const [index, value] of exact.entries()) {
    const near = rounded[index] ?? NaN;
    if (!Number.isFinite(value) || !Number.isFinite(near)) continue;
    const shifted = moved[index] ?? value;
    distance = Math.max(distance, Math.abs(value - near), Number.isFinite(shifted) ? Math.abs(value - shifted) : 0);
    squares += value * value;
    numFinite += 1;
  }
  const scale = Math.max(Math.sqrt(squares / Math.max(numFinite, 1)), 1e-2);
  const bound = tolerance * scale + fuzzDistanceFactor * distance;
  for (const [index, near] of rounded.entries()) {
    const value = actual[index] ?? NaN;
    const reference = exact[index] ?? NaN;
    if (!Number.isFinite(near)) {
      if (!Object.is(value, near)) return `element ${index} is ${value}, expected ${near}`;
    } else if (!(Math.abs(value - (Number.isFinite(reference) ? reference : near)) <= bound)) {
      return `element ${index} is ${value}, expected ${near} (${reference} in float64) within ${bound}`;
    }
  }
  return undefined;
}
