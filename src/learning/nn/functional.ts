// From symbolic values to a network: which calls lie between inputs and outputs, and their order, which is Keras's.

import { SinterError } from "#engine/base/error.ts";
import type { Layer, SymbolicCall, SymbolicTensor } from "./layer.ts";
import { networkOf, type Network } from "./network.ts";

/**
 * The network between symbolic values. Layers come by their distance from the outputs, the furthest first, as in Keras:
 * weights have this order too.
 * @throws option where inputs and outputs are not connected
 * @source Keras 3, ops/function.py, map_graph
 */
export function functionalNetwork(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]): Network {
  const { calls: found, layers: entered } = traverse(outputs);
  checkInputs(inputs, found);
  const { callDepths, layerDepths } = depthsOf(found);
  const byDepth =
    <Item>(depths: ReadonlyMap<Item, number>) =>
    (left: Item, right: Item): number =>
      (depths.get(right) ?? 0) - (depths.get(left) ?? 0);
  const layers = entered.toSorted(byDepth(layerDepths));
  const begins = inputs.map(({ origin }) => origin);
  const calls = [...begins, ...found.filter(({ inputs: taken }) => taken.length > 0).toSorted(byDepth(callDepths))];
  const firsts = firstValues(calls);
  const numberOf = ({ origin, place }: SymbolicTensor): number => (firsts.get(origin) ?? -1) + place;
  const layerPlaces = new Map(layers.map((layer, place) => [layer, place]));
  return networkOf({
    layers,
    calls: calls.map((call) => ({ layer: layerPlaces.get(call.layer) ?? -1, inputs: call.inputs.map(numberOf) })),
    outputs: outputs.map(numberOf),
    isSequential: false,
  });
}

/** The number of each call's first value, where all values are counted in order. */
function firstValues(calls: readonly SymbolicCall[]): ReadonlyMap<SymbolicCall, number> {
  let next = 0;
  const firsts = new Map<SymbolicCall, number>();
  for (const call of calls) {
    firsts.set(call, next);
    next += call.types.length;
  }
  return firsts;
}

/** Every call below the outputs after those that it takes values of, and the layers in the order in which they are met. */
function traverse(outputs: readonly SymbolicTensor[]): { calls: SymbolicCall[]; layers: Layer[] } {
  const layers = new Set<Layer>();
  const calls = new Set<SymbolicCall>();
  for (const { origin } of outputs) {
    if (calls.has(origin)) continue;
    const stack = [{ call: origin, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      layers.add(top.call.layer);
      const below = top.call.inputs[top.next]?.origin;
      top.next += 1;
      if (below === undefined) {
        calls.add(top.call);
        stack.pop();
      } else if (!calls.has(below)) {
        stack.push({ call: below, next: 0 });
      }
    }
  }
  return { calls: [...calls], layers: [...layers] };
}

/** The longest way from each call to an output, in calls; of a layer called twice the longer of both. */
function depthsOf(calls: readonly SymbolicCall[]): {
  callDepths: ReadonlyMap<SymbolicCall, number>;
  layerDepths: ReadonlyMap<Layer, number>;
} {
  const callDepths = new Map<SymbolicCall, number>();
  const layerDepths = new Map<Layer, number>();
  for (const call of calls.toReversed()) {
    const depth = Math.max(callDepths.get(call) ?? 0, layerDepths.get(call.layer) ?? 0);
    callDepths.set(call, depth);
    layerDepths.set(call.layer, depth);
    for (const { origin } of call.inputs) callDepths.set(origin, Math.max(callDepths.get(origin) ?? 0, depth + 1));
  }
  return { callDepths, layerDepths };
}

function checkInputs(inputs: readonly SymbolicTensor[], calls: readonly SymbolicCall[]): void {
  for (const [index, { origin }] of inputs.entries()) {
    if (origin.inputs.length > 0 || origin.layer.config.kind !== "input") {
      throw new SinterError("option", `model: inputs[${index}] is no input. Begin with layers.input({ shape }).`);
    }
    if (!calls.includes(origin)) {
      throw new SinterError("option", `model: no output uses inputs[${index}]. Leave it out, or apply a layer to it.`);
    }
  }
  const begins = inputs.map(({ origin }) => origin);
  const missing = calls.find((call) => call.inputs.length === 0 && !begins.includes(call));
  if (missing === undefined) return;
  throw new SinterError(
    "option",
    `model: the outputs use an input of shape [${missing.types[0]?.shape.join(", ") ?? ""}] that is not among the inputs. Name it there.`,
    { shape: missing.types[0]?.shape },
  );
}
