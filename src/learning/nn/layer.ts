// The contract of a layer: it declares its weights and is a pure function of them. No layer holds a tensor, assigns one
// or draws from a hidden generator.

import type { DType, HostArray } from "#engine/base/dtype.ts";
import { BugError, SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText, type Shape } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { LogitsActivation } from "./activations.ts";
import type { Constraint } from "./constraints.ts";
import type { Initializer } from "./initializers.ts";
import { channelsLast, checkElementwise, dataFormatOf, type DataFormat } from "./data-format.ts";
import { penalty, regularizer, type Regularizer, type RegularizerName } from "./regularizers.ts";
import { checkOptions, integer, type ConfigValue } from "#engine/base/options.ts";

/** What one sample looks like: the type without the batch axis. */
export interface SampleType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A weight as a layer declares it; `trainable: false` is state, such as moving statistics. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  readonly trainable: boolean;
  readonly regularizer?: Regularizer | undefined;
  /** f32 where it is left out; others are what a transform of weights stores. */
  readonly dtype?: DType | undefined;
  /** What it is at first, in place of the initializer's numbers: of a network that was trained before. */
  readonly value?: Tensor | undefined;
  readonly constraint?: Constraint | undefined;
  /** Whether predictions move it on as training does: the state of a recurrent layer. */
  readonly isCarried?: boolean | undefined;
}

/** Tensors by name: of a layer (`kernel`) or of a network (`dense/kernel`). */
export type Weights = Readonly<Record<string, Tensor>>;

export interface CallContext {
  /** Static: training and inference are two programs. */
  readonly training: boolean;
  /** `false` where the layer is frozen: batch normalization then keeps its statistics, also when training. */
  readonly trainable?: boolean | undefined;
  /** i32 [2], already folded with the layer's name; there when training. */
  readonly key?: Tensor | undefined;
  /** Which places of the first input count: bool [batch, time]; nothing where all do. */
  readonly mask?: Tensor | undefined;
  /** The masks of all inputs. */
  readonly masks?: Masks | undefined;
  /** What a network rounds the values between its layers to and stores them as; f32 where it is left out. */
  readonly storedAs?: ShortFloat | undefined;
  /** Whether a network computes what is inside its blocks once more for the gradient, in place of keeping it. */
  readonly recompute?: boolean | undefined;
}

/** A float of 16 bits: bf16 has f32's range and 8 bits of precision, f16 11 bits and numbers up to 65504. */
export type ShortFloat = "bf16" | "f16";

/** For each value of several its mask, or nothing where every place counts. */
export type Masks = readonly (Tensor | undefined)[];

/** What an output was before its last activation; losses take this rather than a rounded probability. */
export interface Logits {
  readonly activation: LogitsActivation;
  readonly values: Tensor;
}

export interface LayerResult {
  readonly outputs: readonly Tensor[];
  /** New values of weights with `trainable: false`. */
  readonly state?: Weights | undefined;
  /** Scalars that are added to the loss. */
  readonly losses?: readonly Tensor[] | undefined;
  readonly logits?: Logits | undefined;
  /** Masks of the outputs, where the layer makes its own. */
  readonly masks?: Masks | undefined;
}

/** Keras's layer name in camelCase and its options: enough to make the layer again. */
export type LayerConfig = {
  readonly kind: string;
  readonly options: { readonly [name: string]: ConfigValue };
};

/** A layer applied to values, in a network that is being described. */
export interface SymbolicCall {
  readonly layer: Layer;
  /** What the layer was applied to; nothing for `layers.input`. */
  readonly inputs: readonly SymbolicTensor[];
  /** Of the values that it gives. */
  readonly types: readonly SampleType[];
}

/** A value of a network that is being described: what a call of a layer will give. It holds no numbers. */
export interface SymbolicTensor {
  readonly origin: SymbolicCall;
  /** Which of its values, from 0. */
  readonly place: number;
  /** Shape of one sample, without the batch, and dtype. */
  readonly type: SampleType;
}

/** Where a saved model has a weight, and its numbers. */
export interface WeightPlace {
  readonly file: string;
  /** In bytes. */
  readonly offset: number;
  readonly data: HostArray;
}

/** The bytes of a file that a saved model keeps beside its weights; `placeOf` says of each weight where it is. */
export type EncodeLayer = (placeOf: (weight: string) => WeightPlace | undefined) => Uint8Array;

export interface Layer {
  readonly config: LayerConfig;
  /** Keras's class name, for `summary()`. */
  readonly className: string;
  /** The user's name; a network names the others. */
  readonly name: string | undefined;
  readonly trainable: boolean;
  /** From `inputShape`, or of `input` itself. */
  readonly inputType: SampleType | undefined;
  /** Rises from layer to layer as they are made: Keras numbers automatic names in this order. */
  readonly order: number;
  weights(inputs: readonly SampleType[]): readonly WeightSpec[];
  /** `label` begins error texts: `conv2d "conv2d_3"`. */
  outputTypes(inputs: readonly SampleType[], label: string): readonly SampleType[];
  call(weights: Weights, inputs: readonly Tensor[], context: CallContext): LayerResult;
  /**
   * The first value of one call of the layer in a functional model; applied twice, it shares its weights.
   * @throws shape where the layer does not fit; option for what is no symbolic value
   */
  apply(inputs: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor;
  /** All values of such a call, where a layer gives several: a recurrent one its states too. */
  applyAll(inputs: SymbolicTensor | readonly SymbolicTensor[]): readonly SymbolicTensor[];
  /** Of a layer that its options do not say. */
  readonly encode?: EncodeLayer | undefined;
  /** The same layer, frozen (`false`) or not. */
  withTrainable(trainable: boolean): Layer;
  /** The layer before its weights were transformed. */
  readonly untransformed?: Layer | undefined;
}

/** Options that every layer takes. */
export interface LayerOptions {
  readonly name?: string | undefined;
  /** `false` freezes the layer's weights. */
  readonly trainable?: boolean | undefined;
  /** Shape of one sample; the first layer of a network needs it. */
  readonly inputShape?: Shape | undefined;
  /** A penalty on what the layer gives: the mean over the samples is added to the loss. */
  readonly activityRegularizer?: RegularizerName | Regularizer | null | undefined;
}

/** Options of layers whose values have spatial axes. */
export interface SpatialOptions extends LayerOptions {
  /** Where the channels of inputs and outputs stand: after the spatial axes, or right before them. Weights stay as they are. */
  readonly dataFormat?: DataFormat | null | undefined;
}

const commonOptions = ["name", "trainable", "inputShape", "activityRegularizer"];

/** What a layer's file gives; the rest is common to all layers. */
export interface LayerParts {
  /** What it takes, where it knows that without being told. */
  readonly inputType?: SampleType | undefined;
  readonly kind: string;
  readonly className: string;
  readonly options: SpatialOptions & object;
  /** Names of its own options. */
  readonly known: readonly string[];
  /** Its own options with defaults filled in. */
  readonly config: { readonly [name: string]: ConfigValue };
  /** Whether the mask of its first input is also that of its outputs. */
  readonly passesMask?: boolean;
  /** Spatial axes of its values: the layer then takes `dataFormat`, and itself only knows channels last. */
  readonly numSpatialAxes?: number | undefined;
  /** Whether it heeds `activityRegularizer` itself, in another place than at its outputs. */
  readonly regularizesItself?: boolean;
  readonly encode?: EncodeLayer | undefined;
  weights?(inputs: readonly SampleType[]): readonly WeightSpec[];
  outputTypes(inputs: readonly SampleType[], label: string): readonly SampleType[];
  call(weights: Weights, inputs: readonly Tensor[], context: CallContext): LayerResult;
}

let numLayers = 0;

/**
 * A layer from its parts: checks the names of its options and keeps what every layer has.
 * @throws option for an unknown one
 */
export function makeLayer(parts: LayerParts): Layer {
  const { kind, options, numSpatialAxes } = parts;
  if (Array.isArray(options)) {
    throw new SinterError("option", `${kind}: a list came, expected options. Write ${kind}({ … }).apply([x, y]).`);
  }
  checkOptions(kind, options, [
    ...parts.known,
    ...commonOptions,
    ...(numSpatialAxes === undefined ? [] : ["dataFormat"]),
  ]);
  options.inputShape?.forEach((extent) => integer(kind, "inputShape", extent, 0));
  numLayers += 1;
  return layerOf(withActivityRegularizer(withDataFormat(parts)), numLayers, options.trainable ?? true);
}

/** The parts with channels where the option `dataFormat` says. @throws option */
function withDataFormat(parts: LayerParts): LayerParts {
  const { kind, options, numSpatialAxes } = parts;
  const { dataFormat } = options;
  if (numSpatialAxes === undefined || dataFormatOf(kind, dataFormat) === "channelsLast") return parts;
  checkElementwise(kind, parts.config["activation"]);
  return { ...channelsLast(parts, numSpatialAxes), config: { ...parts.config, dataFormat: "channelsFirst" } };
}

/** The parts with the option `activityRegularizer`. @throws option */
function withActivityRegularizer(parts: LayerParts): LayerParts {
  const rule = regularizer(parts.kind, "activityRegularizer", parts.options.activityRegularizer);
  if (rule === undefined) return parts;
  const config = { ...parts.config, activityRegularizer: rule };
  if (parts.regularizesItself === true) return { ...parts, config };
  return {
    ...parts,
    config,
    call: (weights, inputs, context) => {
      const result = parts.call(weights, inputs, context);
      const own = result.outputs.map((output) => activityPenalty(rule, output));
      return { ...result, losses: [...(result.losses ?? []), ...own] };
    },
  };
}

/** The mean of a penalty over the samples of [batch, ...]. */
export function activityPenalty(rule: Regularizer, output: Tensor): Tensor {
  return penalty(rule, output.cast("f32")).div(Math.max(1, output.shape[0] ?? 1));
}

function layerOf(parts: LayerParts, order: number, trainable: boolean): Layer {
  const { kind, options } = parts;
  const { name, inputShape } = options;
  const layer: Layer = {
    className: parts.className,
    name,
    trainable,
    order,
    inputType: inputShape === undefined ? parts.inputType : { shape: [...inputShape], dtype: "f32" },
    config: {
      kind,
      options: {
        ...(name === undefined ? {} : { name }),
        ...parts.config,
        ...(trainable ? {} : { trainable }),
        ...(inputShape === undefined ? {} : { inputShape: [...inputShape] }),
      },
    },
    weights: (inputs) => {
      const specs = parts.weights?.(inputs) ?? [];
      return trainable ? specs : specs.map((spec) => ({ ...spec, trainable: false }));
    },
    encode: parts.encode,
    outputTypes: (inputs, label) => parts.outputTypes(inputs, label),
    call: (weights, inputs, context) => {
      const result = parts.call(weights, inputs, {
        ...context,
        trainable: trainable && context.trainable !== false,
      });
      if (parts.passesMask !== true || context.mask === undefined || result.masks !== undefined) return result;
      return { ...result, masks: result.outputs.map(() => context.mask) };
    },
    apply: (inputs) => firstOf(layer.applyAll(inputs)),
    applyAll: (inputs) => applied(layer, isSymbolic(inputs) ? [inputs] : [...inputs]),
    withTrainable: (changed) => layerOf(parts, order, changed),
  };
  return layer;
}

/** The layer with other weights, which it is called with. */
export function withWeights(
  layer: Layer,
  parts: Pick<Layer, "config" | "weights" | "call" | "withTrainable" | "untransformed">,
): Layer {
  const changed: Layer = {
    ...layer,
    ...parts,
    apply: (inputs) => firstOf(changed.applyAll(inputs)),
    applyAll: (inputs) => applied(changed, isSymbolic(inputs) ? [inputs] : [...inputs]),
  };
  return changed;
}

/** Whether a value that came from a user or a file is a layer. */
export function isLayer(value: unknown): value is Layer {
  return typeof value === "object" && value !== null && "outputTypes" in value && "withTrainable" in value;
}

function isSymbolic(value: unknown): value is SymbolicTensor {
  return typeof value === "object" && value !== null && "origin" in value && "place" in value && "type" in value;
}

function firstOf([first]: readonly SymbolicTensor[]): SymbolicTensor {
  if (first === undefined) throw new BugError("A call without a value.");
  return first;
}

function applied(layer: Layer, inputs: readonly SymbolicTensor[]): readonly SymbolicTensor[] {
  const label = layer.name === undefined ? layer.config.kind : `${layer.config.kind} "${layer.name}"`;
  if (inputs.length === 0 || !inputs.every(isSymbolic)) {
    throw new SinterError(
      "option",
      `${label}: apply takes what layers.input or another layer's apply gave. Begin with layers.input({ shape }).`,
    );
  }
  const taken = inputs.map((input) => input.type);
  checkInputType(layer, taken[0], label);
  const types = outputTypesOf(layer, taken, label);
  const origin = { layer, inputs, types };
  return types.map((type, place) => ({ origin, place, type }));
}

/** What the layer gives. @throws shape where it does not fit; state where it declares no output */
export function outputTypesOf(layer: Layer, inputs: readonly SampleType[], label: string): readonly SampleType[] {
  const types = layer.outputTypes(inputs, label);
  if (types.length > 0) return types;
  throw new SinterError("state", `${label}: declares no output. Declare one.`);
}

/** An `inputShape` inside a network must be what comes. @throws shape */
export function checkInputType({ inputType }: Layer, came: SampleType | undefined, label: string): void {
  if (inputType === undefined || came === undefined || sameShape(inputType.shape, came.shape)) return;
  throw new SinterError(
    "shape",
    `${label}: inputShape ${shapeText(inputType.shape)}, but ${shapeText(came.shape)} comes. Leave inputShape out.`,
    { inputShape: inputType.shape, came: came.shape },
  );
}

/** The only input of a layer that takes one. */
export function single<Item>(inputs: readonly Item[], label: string): Item {
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1) {
    throw new SinterError("shape", `${label}: ${inputs.length} inputs came, expected 1. Merge them first.`, {
      count: inputs.length,
    });
  }
  return input;
}

/** The only input, which must have the rank given (without the batch axis). @throws shape */
export function singleOfRank(inputs: readonly SampleType[], rank: number, label: string): SampleType {
  const input = single(inputs, label);
  if (input.shape.length !== rank) {
    const expected = rank === 3 ? "[batch, height, width, channels]" : `rank ${rank + 1}`;
    throw new SinterError(
      "shape",
      `${label}: input [batch, ${input.shape.join(", ")}] has rank ${input.shape.length + 1}, expected ${expected}. ` +
        "Add reshape before it.",
      { shape: input.shape },
    );
  }
  return input;
}

/** One step of a sequence: its type without the time axis. @throws shape where there is none */
export function stepOf(input: SampleType | undefined, label: string): SampleType {
  const { shape = [] } = input ?? {};
  if (input !== undefined && shape.length >= 2) return { shape: shape.slice(1), dtype: input.dtype };
  throw new SinterError(
    "shape",
    `${label}: input [batch, ${shape.join(", ")}] has no time axis, expected [batch, time, ...]. Add reshape before it.`,
    { shape },
  );
}

/** The weights whose names begin with `prefix`, by the rest of their names: those of a part of a layer. */
export function weightsBelow(weights: Weights, prefix: string): Weights {
  return Object.fromEntries(
    Object.entries(weights).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}

/** A weight that the layer declared. */
export function weightOf(weights: Weights, name: string): Tensor {
  const weight = weights[name];
  if (weight === undefined) {
    throw new SinterError("state", `weight ${name} is missing. Give the layer every weight that it declares.`, {
      name,
    });
  }
  return weight;
}
