// How fast each pair of features turns with rotary positions, and how that is slowed down for longer texts.

import { choice, numberWithin } from "#engine/base/options.ts";

/** Slows rotary positions down, as a model's config.json says. */
export type RopeScaling =
  /** All by the factor. */
  | { readonly kind: "linear"; readonly factor: number }
  /**
   * Long waves by the factor, short ones not, those between in part. Waves are long beyond
   * originalContextLength / lowFrequencyFactor places, short below originalContextLength / highFrequencyFactor.
   */
  | {
      readonly kind: "llama3";
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalContextLength: number;
    };

/**
 * theta^(-2 i / dim) of pair i, slowed down: dim / 2 numbers, in radians a place.
 * @throws option
 * @source Su et al. 2021, RoFormer; transformers 5, modeling_rope_utils
 */
export function rotaryFrequencies(dim: number, theta: number, scaling?: RopeScaling): readonly number[] {
  const plain = Array.from({ length: dim / 2 }, (_, pair) => theta ** ((-2 * pair) / dim));
  if (scaling === undefined) return plain;
  choice("llama", "ropeScaling.kind", scaling.kind, ["linear", "llama3"]);
  const factor = numberWithin("llama", "ropeScaling.factor", scaling.factor, 1);
  if (scaling.kind === "linear") return plain.map((frequency) => frequency / factor);
  const { lowFrequencyFactor: low, highFrequencyFactor: high, originalContextLength: length } = scaling;
  return plain.map((frequency) => {
    const turns = (length * frequency) / (2 * Math.PI);
    const share = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return frequency * (share + (1 - share) / factor);
  });
}
