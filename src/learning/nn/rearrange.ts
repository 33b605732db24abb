// Layers that change no number: they give it on, move axes or repeat it.

import { SinterError } from "#engine/base/error.ts";
import { makeLayer, single, singleOfRank, type Layer, type LayerOptions } from "./layer.ts";
import { integer } from "#engine/base/options.ts";

/** The input as it is, for a place where some models have a layer. @source Keras 3, layers.Identity */
export function identity(options: LayerOptions = {}): Layer {
  return makeLayer({
    kind: "identity",
    className: "Identity",
    options,
    known: [],
    config: {},
    passesMask: true,
    outputTypes: (inputs, label) => [single(inputs, label)],
    call: (_weights, inputs) => ({ outputs: [single(inputs, "identity")] }),
  });
}

export interface PermuteOptions extends LayerOptions {
  /** The new order of a sample's axes, which count from 1: [2, 1] swaps two. */
  readonly dims: readonly number[];
}

/** The axes of a sample in another order. @source Keras 3, layers.Permute */
export function permute(options: PermuteOptions): Layer {
  const kind = "permute";
  const dims = options.dims.map((axis) => integer(kind, "dims", axis));
  if (dims.toSorted((left, right) => left - right).some((axis, index) => axis !== index + 1)) {
    throw new SinterError("option", `${kind}: dims [${dims.join(", ")}] must name 1 to ${dims.length} once each.`, {
      dims,
    });
  }
  return makeLayer({
    kind,
    className: "Permute",
    options,
    known: ["dims"],
    config: { dims },
    outputTypes: (inputs, label) => {
      const { shape, dtype } = singleOfRank(inputs, dims.length, label);
      return [{ shape: dims.map((axis) => shape[axis - 1] ?? 1), dtype }];
    },
    call: (_weights, inputs) => ({ outputs: [single(inputs, kind).transpose([0, ...dims])] }),
  });
}

export interface RepeatVectorOptions extends LayerOptions {
  /** How many times. */
  readonly n: number;
}

/** [batch, features] as [batch, n, features], each time the same. @source Keras 3, layers.RepeatVector */
export function repeatVector(options: RepeatVectorOptions): Layer {
  const kind = "repeatVector";
  const n = integer(kind, "n", options.n);
  return makeLayer({
    kind,
    className: "RepeatVector",
    options,
    known: ["n"],
    config: { n },
    outputTypes: (inputs, label) => {
      const { shape, dtype } = singleOfRank(inputs, 1, label);
      return [{ shape: [n, ...shape], dtype }];
    },
    call: (_weights, inputs) => {
      const x = single(inputs, kind);
      return { outputs: [x.expandDims(1).broadcastTo([x.shape[0] ?? 1, n, ...x.shape.slice(1)])] };
    },
  });
}
