// Layers without windows: input, dense, activation, flatten, reshape, rescaling.

import type { DType } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { shapeText, sizeOf, type Shape } from "#engine/base/shape.ts";
import { activate, checkActivation, logitsOf, type Activation } from "./activations.ts";
import { dataFormatOf } from "./data-format.ts";
import { checkKernelOptions, finish, kernelOptions, kernelSpecs, type KernelOptions } from "./kernel-weights.ts";
import {
  type SpatialOptions,
  makeLayer,
  single,
  weightOf,
  type Layer,
  type LayerOptions,
  type SymbolicTensor,
} from "./layer.ts";
import { choice, integer, numberWithin } from "#engine/base/options.ts";

export interface InputOptions {
  /** Shape of one sample. */
  readonly shape: Shape;
  readonly dtype?: DType;
  readonly name?: string;
}

/** The input of a network: its first layer, and the symbolic value that other layers are applied to. */
export interface InputLayer extends Layer, SymbolicTensor {}

/** Where a network begins: the first layer of a row, or the value that a functional model's layers are applied to. */
export function input(options: InputOptions): InputLayer {
  const dtype = choice("input", "dtype", options.dtype ?? "f32", ["f32", "i32", "u8", "bool"]);
  const { shape, dtype: _, ...common } = options;
  const made = makeLayer({
    kind: "input",
    className: "InputLayer",
    options: { ...common, inputShape: shape },
    known: [],
    config: {},
    outputTypes: (inputs) => inputs,
    call: (_weights, inputs) => ({ outputs: inputs }),
  });
  const type = { shape: [...shape], dtype };
  const refuse = (): never => {
    throw new SinterError("option", "input: it is applied to nothing. Apply other layers to it.");
  };
  const layer: InputLayer = {
    ...made,
    type,
    place: 0,
    origin: {
      get layer() {
        return layer;
      },
      inputs: [],
      types: [type],
    },
    inputType: type,
    withTrainable: () => layer,
    apply: refuse,
    applyAll: refuse,
    config: {
      kind: "input",
      options: { ...(options.name === undefined ? {} : { name: options.name }), shape: [...shape], dtype },
    },
  };
  return layer;
}

export interface DenseOptions extends KernelOptions {
  /** Extent of the last axis of the output. */
  readonly units: number;
}

/**
 * activation(x · kernel + bias) over the last axis.
 * Weights: kernel [inputs, units], bias [units]. Cost: 2 · inputs · units flops a row.
 * @source Keras 3, layers.Dense
 */
export function dense(options: DenseOptions): Layer {
  const units = integer("dense", "units", options.units);
  const config = checkKernelOptions("dense", options);
  return makeLayer({
    kind: "dense",
    className: "Dense",
    options,
    known: ["units", ...kernelOptions],
    config: { units, ...withoutUndefined(config) },
    passesMask: true,
    weights: (inputs) => kernelSpecs(config, [single(inputs, "dense").shape.at(-1) ?? 1, units]),
    outputTypes: (inputs, label) => {
      const { shape } = single(inputs, label);
      if (shape.length === 0) {
        throw new SinterError("shape", `${label}: input has no axis but the batch. Give inputShape: [1] or more.`, {
          shape,
        });
      }
      return [{ shape: [...shape.slice(0, -1), units], dtype: "f32" }];
    },
    call: (weights, inputs) => finish(config, weights, single(inputs, "dense").matMul(weightOf(weights, "kernel"))),
  });
}

export interface ActivationOptions extends LayerOptions {
  readonly activation: Activation;
}

/** An activation as a layer of its own. @source Keras 3, layers.Activation */
export function activation(options: ActivationOptions): Layer {
  const kind = checkActivation("activation", options.activation);
  const isGlu = kind === "glu" || (typeof kind === "object" && kind.kind === "glu");
  const axis = typeof kind === "object" && typeof kind["axis"] === "number" ? kind["axis"] : -1;
  return makeLayer({
    kind: "activation",
    className: "Activation",
    options,
    known: ["activation"],
    config: { activation: kind },
    passesMask: true,
    outputTypes: (inputs, label) => {
      const { shape } = single(inputs, label);
      // Axis numbers count the batch.
      const at = axis < 0 ? axis + shape.length : axis - 1;
      return [
        { shape: isGlu ? shape.map((extent, index) => (index === at ? extent / 2 : extent)) : shape, dtype: "f32" },
      ];
    },
    call: (_weights, inputs) => {
      const x = single(inputs, "activation");
      return { outputs: [activate(kind, x)], logits: logitsOf(kind, x) };
    },
  });
}

/** All axes of a sample in one; of channels that come first the last. @source Keras 3, layers.Flatten */
export function flatten(options: SpatialOptions = {}): Layer {
  const isFirst = dataFormatOf("flatten", options.dataFormat) === "channelsFirst";
  return makeLayer({
    kind: "flatten",
    className: "Flatten",
    options,
    known: ["dataFormat"],
    config: isFirst ? { dataFormat: "channelsFirst" } : {},
    outputTypes: (inputs, label) => {
      const { shape, dtype } = single(inputs, label);
      return [{ shape: [sizeOf(shape)], dtype }];
    },
    call: (_weights, inputs) => {
      const x = single(inputs, "flatten");
      const [batch = 0, ...sample] = x.shape;
      const isTurned = isFirst && sample.length > 1;
      const ordered = isTurned ? x.transpose([0, ...sample.slice(1).map((_, axis) => axis + 2), 1]) : x;
      return { outputs: [ordered.reshape([batch, sizeOf(sample)])] };
    },
  });
}

export interface ReshapeOptions extends LayerOptions {
  /** Shape of one sample; one extent may be -1. */
  readonly targetShape: Shape;
}

/** The same elements in another shape. @source Keras 3, layers.Reshape */
export function reshape(options: ReshapeOptions): Layer {
  const target = [...options.targetShape];
  target.forEach((extent) => integer("reshape", "targetShape", extent, -1));
  const shapeFor = (shape: Shape, label: string): number[] => {
    const known = sizeOf(target.filter((extent) => extent !== -1));
    const found = target.map((extent) => (extent === -1 ? sizeOf(shape) / known : extent));
    if (sizeOf(found) !== sizeOf(shape) || !found.every(Number.isInteger)) {
      throw new SinterError(
        "shape",
        `${label}: ${sizeOf(shape)} elements of ${shapeText(shape)} do not fit ${shapeText(target)}. Make the product ${sizeOf(shape)}.`,
        { shape, target },
      );
    }
    return found;
  };
  return makeLayer({
    kind: "reshape",
    className: "Reshape",
    options,
    known: ["targetShape"],
    config: { targetShape: target },
    outputTypes: (inputs, label) => {
      const { shape, dtype } = single(inputs, label);
      return [{ shape: shapeFor(shape, label), dtype }];
    },
    call: (_weights, inputs) => {
      const x = single(inputs, "reshape");
      return { outputs: [x.reshape([x.shape[0] ?? 0, ...shapeFor(x.shape.slice(1), "reshape")])] };
    },
  });
}

export interface RescalingOptions extends LayerOptions {
  readonly scale: number;
  readonly offset?: number;
}

/** x · scale + offset, f32. @source Keras 3, layers.Rescaling */
export function rescaling(options: RescalingOptions): Layer {
  const scale = numberWithin("rescaling", "scale", options.scale);
  const offset = numberWithin("rescaling", "offset", options.offset ?? 0);
  return makeLayer({
    kind: "rescaling",
    className: "Rescaling",
    options,
    known: ["scale", "offset"],
    config: { scale, offset },
    outputTypes: (inputs, label) => [{ shape: single(inputs, label).shape, dtype: "f32" }],
    call: (_weights, inputs) => ({ outputs: [single(inputs, "rescaling").cast("f32").mul(scale).add(offset)] }),
  });
}

/** The entries that have a value, so that a saved configuration holds no others. */
export function withoutUndefined<Value>(entries: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  const kept: Record<string, Value> = {};
  for (const [name, value] of Object.entries(entries)) if (value !== undefined) kept[name] = value;
  return kept;
}
