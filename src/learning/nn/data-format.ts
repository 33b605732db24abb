// Where the channels of a layer's values stand. Layers compute with channels last; for channels first their values are turned
// round before and after.

import { SinterError } from "#engine/base/error.ts";
import { choice } from "#engine/base/options.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { LayerParts, SampleType } from "./layer.ts";

/** [batch, ...spatial axes, channels], or [batch, channels, ...spatial axes]. */
export type DataFormat = "channelsLast" | "channelsFirst";

/** The option with its default. @throws option */
export function dataFormatOf(kind: string, value: DataFormat | null | undefined): DataFormat {
  return choice(kind, "dataFormat", value ?? "channelsLast", ["channelsLast", "channelsFirst"]);
}

const alongAxes: readonly unknown[] = ["softmax", "logSoftmax", "sparsemax", "glu"];

/** With channels first Keras's activations along an axis run along the last spatial one. @throws option for one of these */
export function checkElementwise(kind: string, activation: unknown): void {
  const name =
    typeof activation === "object" && activation !== null && "kind" in activation ? activation.kind : activation;
  if (!alongAxes.includes(name)) return;
  throw new SinterError(
    "option",
    `${kind}: ${String(name)} runs along the last axis, which with channelsFirst is not that of the channels. ` +
      "Add layers.softmax({ axis: 1 }) behind it, or use channelsLast.",
    { activation: name },
  );
}

/**
 * The parts of a layer that takes and gives channels first, from those of one that knows channels last. A value with fewer
 * axes than channels and spatial ones, such as what global pooling gives, stays as it is.
 */
export function channelsLast(parts: LayerParts, numSpatialAxes: number): LayerParts {
  const inner = (types: readonly SampleType[]): SampleType[] =>
    types.map((type) => ({ ...type, shape: toLast(type.shape, type.shape.length - numSpatialAxes - 1) }));
  const outer = (types: readonly SampleType[]): SampleType[] =>
    types.map((type) => ({ ...type, shape: toFirst(type.shape, type.shape.length - numSpatialAxes - 1) }));
  return {
    ...parts,
    ...(parts.weights === undefined ? {} : { weights: (inputs) => parts.weights?.(inner(inputs)) ?? [] }),
    outputTypes: (inputs, label) => outer(parts.outputTypes(inner(inputs), label)),
    call: (weights, inputs, context) => {
      const result = parts.call(
        weights,
        inputs.map((x) => turned(x, numSpatialAxes, toLast)),
        context,
      );
      const { logits } = result;
      return {
        ...result,
        outputs: result.outputs.map((output) => turned(output, numSpatialAxes, toFirst)),
        logits:
          logits === undefined ? undefined : { ...logits, values: turned(logits.values, numSpatialAxes, toFirst) },
      };
    },
  };
}

function turned(x: Tensor, numSpatialAxes: number, move: typeof toLast): Tensor {
  const at = x.rank - numSpatialAxes - 1;
  return at < 1 ? x : x.transpose(move([...x.shape.keys()], at));
}

/** The item at a place moved to the end. */
function toLast<Item>(items: readonly Item[], at: number): Item[] {
  return at < 0 ? [...items] : [...items.slice(0, at), ...items.slice(at + 1), ...items.slice(at, at + 1)];
}

/** The last item moved to a place. */
function toFirst<Item>(items: readonly Item[], at: number): Item[] {
  return at < 0 ? [...items] : [...items.slice(0, at), ...items.slice(-1), ...items.slice(at, -1)];
}
