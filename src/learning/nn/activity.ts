// A penalty on what flows through a network rather than on its weights.

import { makeLayer, single, type Layer, type LayerOptions } from "./layer.ts";
import { numberWithin } from "#engine/base/options.ts";
import { penalty } from "./regularizers.ts";

export interface ActivityRegularizationOptions extends LayerOptions {
  /** What a sample's sum of |x| is multiplied with; 0 by default. */
  readonly l1?: number;
  /** What a sample's sum of x² is multiplied with; 0 by default. */
  readonly l2?: number;
}

/**
 * The input as it is; adds the mean over the samples of l1 · Σ|x| + l2 · Σx² to the loss.
 * @source Keras 3, layers.ActivityRegularization
 */
export function activityRegularization(options: ActivityRegularizationOptions = {}): Layer {
  const kind = "activityRegularization";
  const l1 = numberWithin(kind, "l1", options.l1 ?? 0, 0);
  const l2 = numberWithin(kind, "l2", options.l2 ?? 0, 0);
  return makeLayer({
    kind,
    className: "ActivityRegularization",
    options,
    known: ["l1", "l2"],
    config: { l1, l2 },
    passesMask: true,
    outputTypes: (inputs, label) => [single(inputs, label)],
    call: (_weights, inputs) => {
      const x = single(inputs, kind);
      if (l1 === 0 && l2 === 0) return { outputs: [x] };
      const sum = penalty({ kind: "l1l2", l1, l2 }, x.cast("f32"));
      return { outputs: [x], losses: [sum.div(x.shape[0] ?? 1)] };
    },
  });
}
