// From symbolic values to a network: which calls lie between inputs and outputs, and their order, which is Keras's.

import { SinterError } from "#engine/base/error.ts";
import type { Layer, SymbolicTensor } from "./layer.ts";
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
  const calls = [...inputs, ...found.filter(({ inputs: taken }) => taken.length > 0).toSorted(byDepth(callDepths))];
  const places = new Map(calls.map((call, place) => [call, place]));
  const layerPlaces = new Map(layers.map((layer, place) => [layer, place]));
  return networkOf({
    layers,
    calls: calls.map((call) => ({
      layer: layerPlaces.get(call.layer) ?? -1,
      inputs: call.inputs.map((taken) => places.get(taken) ?? -1),
    })),
    outputs: outputs.map((output) => places.get(output) ?? -1),
    isSequential: false,
  });
}

/** Every call below the outputs after those that it takes values of, and the layers in the order in which they are met. */
function traverse(outputs: readonly SymbolicTensor[]): { calls: SymbolicTensor[]; layers: Layer[] } {
  const layers = new Set<Layer>();
  const calls = new Set<SymbolicTensor>();
  for (const output of outputs) {
    const stack = [{ call: output, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      layers.add(top.call.layer);
      const below = top.call.inputs[top.next];
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
function depthsOf(calls: readonly SymbolicTensor[]): {
  callDepths: ReadonlyMap<SymbolicTensor, number>;
  layerDepths: ReadonlyMap<Layer, number>;
} {
  const callDepths = new Map<SymbolicTensor, number>();
  const layerDepths = new Map<Layer, number>();
  for (const call of calls.toReversed()) {
    const depth = Math.max(callDepths.get(call) ?? 0, layerDepths.get(call.layer) ?? 0);
    callDepths.set(call, depth);
    layerDepths.set(call.layer, depth);
    for (const below of call.inputs) callDepths.set(below, Math.max(callDepths.get(below) ?? 0, depth + 1));
  }
  return { callDepths, layerDepths };
}

function checkInputs(inputs: readonly SymbolicTensor[], calls: readonly SymbolicTensor[]): void {
  for (const [index, input] of inputs.entries()) {
    if (input.inputs.length > 0 || input.layer.config.kind !== "input") {
      throw new SinterError("option", `model: inputs[${index}] is no input. Begin with layers.input({ shape }).`);
    }
    if (!calls.includes(input)) {
      throw new SinterError("option", `model: no output uses inputs[${index}]. Leave it out, or apply a layer to it.`);
    }
  }
  const missing = calls.find((call) => call.inputs.length === 0 && !inputs.includes(call));
  if (missing === undefined) return;
  throw new SinterError(
    "option",
    `model: the outputs use an input of shape [${missing.type.shape.join(", ")}] that is not among the inputs. Name it there.`,
    { shape: missing.type.shape },
  );
}
