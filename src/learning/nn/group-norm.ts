// Group normalization: groups of channels of one sample are normalized together, the same in training and inference.

import { SinterError } from "#engine/base/error.ts";
import { affineSpecs, checkAffine, normalized, type AffineOptions } from "./affine.ts";
import { withoutUndefined } from "./dense.ts";
import { makeLayer, single, type Layer } from "./layer.ts";
import { axisOf } from "./norm.ts";
import { integer } from "#engine/base/options.ts";

export interface GroupNormalizationOptions extends AffineOptions {
  /** A divisor of the channels, 32 by default; -1 for as many groups as channels (instance normalization). */
  readonly groups?: number;
  /** The axis of the channels, the batch counted; the last by default. */
  readonly axis?: number;
}

const kind = "groupNormalization";

/**
 * gamma · (x - mean) / √(variance + epsilon) + beta, with mean and variance over all places of a group of channels.
 * Weights: gamma and beta, each [channels].
 * @source Wu and He 2018; Keras 3, layers.GroupNormalization
 */
export function groupNormalization(options: GroupNormalizationOptions = {}): Layer {
  const config = {
    groups: options.groups === -1 ? -1 : integer(kind, "groups", options.groups ?? 32),
    axis: integer(kind, "axis", options.axis ?? -1, -8),
    ...checkAffine(kind, options),
  };
  return makeLayer({
    kind,
    className: "GroupNormalization",
    options,
    known: Object.keys(config),
    config: withoutUndefined(config),
    passesMask: true,
    weights: (inputs) => {
      const { shape } = single(inputs, kind);
      return affineSpecs(config, [shape[axisOf(config.axis, shape.length + 1, kind) - 1] ?? 1]);
    },
    outputTypes: (inputs, label) => {
      const { shape } = single(inputs, label);
      splitChannels(shape[axisOf(config.axis, shape.length + 1, label) - 1] ?? 1, config.groups, label);
      return [{ shape, dtype: "f32" }];
    },
    call: (weights, inputs) => {
      const x = single(inputs, kind).cast("f32");
      const at = axisOf(config.axis, x.rank, kind);
      const channels = splitChannels(x.shape[at] ?? 1, config.groups, kind);
      const grouped = x.reshape([...x.shape.slice(0, at), ...channels, ...x.shape.slice(at + 1)]);
      const axes = grouped.shape.flatMap((_extent, index) => (index === 0 || index === at ? [] : [index]));
      const along = grouped.shape.map((extent, index) => (index === at || index === at + 1 ? extent : 1));
      return { outputs: [normalized(grouped, weights, config, { axes, along }).reshape(x.shape)] };
    },
  });
}

/** The channels as [groups, channels of a group]. @throws shape */
function splitChannels(channels: number, numGroups: number, label: string): [number, number] {
  const groups = numGroups === -1 ? channels : numGroups;
  if (channels % groups === 0) return [groups, channels / groups];
  throw new SinterError(
    "shape",
    `${label}: ${channels} channels do not split into ${groups} groups. Set groups to a divisor of ${channels}, or -1.`,
    { channels, groups },
  );
}
