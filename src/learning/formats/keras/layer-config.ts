// One layer: Keras's class and configuration, and sinter's kind and options. Names follow by rule; what differs is in tables.

import type { ConfigValue } from "#engine/base/options.ts";
import type { Described } from "#learning/formats/model-json.ts";
import {
  badKeras,
  field,
  isList,
  isObject,
  listOf,
  objectOf,
  shown,
  textOf,
  type JsonObject,
  plainText,
} from "./json.ts";
import { camel, classOfKind, kindOfClass, snake } from "./names.ts";
import {
  camelText,
  checkModule,
  kerasObject,
  readActivation,
  readConstraint,
  readInitializer,
  readRegularizer,
  snakeText,
  writeActivation,
  writeConstraint,
  writeInitializer,
  writeRegularizer,
} from "./values.ts";
import { describedOf } from "./weight-slots.ts";

/** What reading needs to know beside the file. */
export interface ReadContext {
  /** Classes of layers for which the user gives makers. */
  readonly custom: ReadonlySet<string>;
  /** Shape of one sample, where the file leaves sizes open. */
  readonly inputShape?: readonly number[] | undefined;
  /** Keras's version, as far as the file says it. */
  readonly version: string;
}

/** Reads a layer or a network that stands in an option of another layer. */
export type ReadInner = (value: ConfigValue) => Described;

/** Writes it. */
export type WriteInner = (layer: Described) => JsonObject;

/** How options of a kind of value are read and written, by the end of their names. */
const valueKinds: readonly (readonly [
  ending: string,
  read: (value: ConfigValue) => ConfigValue,
  write: (value: ConfigValue) => ConfigValue,
])[] = [
  ["ctivation", readActivation, writeActivation],
  ["nitializer", readInitializer, writeInitializer],
  ["egularizer", readRegularizer, writeRegularizer],
  ["onstraint", readConstraint, writeConstraint],
];

/** Options that hold layers. */
const layerOptions: ReadonlySet<string> = new Set(["layer", "backwardLayer", "cell", "cells", "layers"]);

/** Options whose null is a value of its own. */
const meantNulls: ReadonlySet<string> = new Set(["bidirectional mergeMode", "normalization axis", "dice axis"]);

/** Options of Keras's that sinter's layers have under another name. */
const renamed: Readonly<Record<string, string>> = {
  "leakyRelu alpha": "negativeSlope",
};

/** Options that change nothing here when they have this value. */
const inert: Readonly<Record<string, readonly ConfigValue[]>> = {
  dataFormat: ["channelsLast"],
  sparse: [false],
  ragged: [false],
  optional: [false],
  timeMajor: [false],
  renorm: [false],
  virtualBatchSize: [],
  synchronized: [false],
  rmsScaling: [false],
  fused: [true, false],
  implementation: [0, 1, 2],
  supportsMasking: [true, false],
  autocast: [true, false],
  statefulBatchSize: [],
};

/** Options whose texts are the user's own. */
const freeTexts: ReadonlySet<string> = new Set(["name", "equation", "vocabulary"]);

/** Options that a kind has in Keras alone, and that only matter before the layer is saved. */
const idle: ReadonlySet<string> = new Set([
  "discretization epsilon",
  "discretization numBins",
  "integerLookup vocabularyDtype",
  "integerLookup vocabularySize",
]);

/** Options that say nothing of what a layer computes. */
const ignored: ReadonlySet<string> = new Set([
  "dtype",
  "batchInputShape",
  "batchShape",
  "inputLength",
  "inputDtype",
  "renormMomentum",
  "renormClipping",
]);

/** The layer that an object of Keras's stands for, if it is no network. @throws format */
export function readPlainLayer(object: JsonObject, context: ReadContext, readInner: ReadInner): Described {
  const className = textOf(field(object, "class_name"), "a layer's class_name");
  const config = field(object, "config");
  if (context.custom.has(className)) return { kind: className, options: customOptions(objectOf(config, className)) };
  const kind = kindOfClass(className);
  checkModule(object, `a layer of class ${className}`);
  return { kind, options: readOptions(kind, objectOf(config, className), context, readInner) };
}

/** A layer of the user's own gets its options under camelCase names. */
function customOptions(config: JsonObject): JsonObject {
  const { dtype: _, ...others } = config;
  return Object.fromEntries(Object.entries(others).map(([name, value]) => [camel(name), value]));
}

function readOptions(kind: string, config: JsonObject, context: ReadContext, readInner: ReadInner): JsonObject {
  const options: [string, ConfigValue][] = [];
  for (const [snakeName, value] of Object.entries(config)) {
    const plain = camel(snakeName);
    const name = renamed[`${kind} ${plain}`] ?? plain;
    if (ignored.has(name) || idle.has(`${kind} ${name}`)) continue;
    if ((value === null || value === undefined) && !meantNulls.has(`${kind} ${name}`)) continue;
    if (name === "trainable" && value === true) continue;
    if (Object.hasOwn(inert, name) && isInert(kind, name, value)) continue;
    options.push([name, ofVersion(readOption(name, value, readInner), context)]);
  }
  const changes = Object.hasOwn(adjusted, kind)
    ? adjusted[kind]?.(Object.fromEntries(options), config, context)
    : undefined;
  return withInput(kind, changes ?? Object.fromEntries(options), config, context);
}

/** @throws format where the value asks for what sinter does not do */
function isInert(kind: string, name: string, value: ConfigValue): boolean {
  if (inert[name]?.includes(camelText(value)) === true) return true;
  if (name === "implementation" || name === "sparse") return kind !== "input" || value !== true;
  throw badKeras(`${kind}: ${snake(name)} is ${shown(value)}, which sinter does not do`, "Change the model in Keras.");
}

/** Until Keras 3 a hard sigmoid rose by a fifth, not a sixth. */
function ofVersion(value: ConfigValue, { version }: ReadContext): ConfigValue {
  return value === "hardSigmoid" && !version.startsWith("3") ? { kind: "hardSigmoid", slope: 0.2 } : value;
}

function readOption(name: string, value: ConfigValue, readInner: ReadInner): ConfigValue {
  if (layerOptions.has(name)) {
    const read = (one: ConfigValue): ConfigValue => ({ ...readInner(one) });
    return isList(value) ? value.map(read) : read(value);
  }
  const kind = valueKinds.find(([ending]) => name.endsWith(ending));
  if (kind !== undefined) return kind[1](value);
  if (freeTexts.has(name)) return value;
  return isList(value) ? value.map(camelText) : camelText(value);
}

/** The first layer of a row says what it takes in older files. */
function withInput(kind: string, options: JsonObject, config: JsonObject, context: ReadContext): JsonObject {
  const batchShape = field(config, "batch_shape") ?? field(config, "batch_input_shape");
  if (kind === "input") {
    const { name } = options;
    const shape = sampleShape(batchShape, plainText(name), context);
    return { ...(name === undefined ? {} : { name }), shape, dtype: inputType(field(config, "dtype")) };
  }
  if (!isList(batchShape)) return options;
  return { ...options, inputShape: sampleShape(batchShape, plainText(options["name"]), context) };
}

/** The shape without the batch, sizes that are left open from the user. @throws format where he gives none */
function sampleShape(value: ConfigValue, name: string, { inputShape }: ReadContext): number[] {
  const [, ...shape] = listOf(value, `the shape of input "${name}"`);
  return shape.map((extent, axis) => {
    if (typeof extent === "number" && Number.isInteger(extent) && extent >= 0) return extent;
    const given = inputShape?.length === shape.length ? inputShape[axis] : undefined;
    if (given !== undefined) return given;
    throw badKeras(
      `input "${name}" has the shape [batch, ${shape.map((one) => (typeof one === "number" ? one : "any")).join(", ")}]`,
      "Say which sizes it has here: loadModel(path, { inputShape: [height, width, channels] }).",
    );
  });
}

const inputTypes: Readonly<Record<string, string>> = {
  int8: "i32",
  int16: "i32",
  int32: "i32",
  int64: "i32",
  uint8: "u8",
  bool: "bool",
};

/** @throws format for texts */
function inputType(value: ConfigValue): string {
  const name = policyName(value);
  if (name === "string") {
    throw badKeras(
      "an input takes texts, which are no tensors here",
      "Give the model rows of numbers: see textVectorization.",
    );
  }
  return inputTypes[name] ?? "f32";
}

/** The name of a dtype or of its policy. */
export function policyName(value: ConfigValue): string {
  if (typeof value === "string") return value;
  const config = isObject(value) ? field(value, "config") : undefined;
  const name = isObject(config) ? field(config, "name") : undefined;
  return typeof name === "string" ? name : "float32";
}

type Adjust = (options: JsonObject, config: JsonObject, context: ReadContext) => JsonObject;

/** What names do not settle, by kind. */
const adjusted: Readonly<Record<string, Adjust>> = {
  // Older files have the axis in a list.
  batchNormalization: ({ axis, ...options }) => ({
    ...options,
    axis: isList(axis) && axis.length === 1 ? axis[0] : axis,
  }),
  // Keras saves [-f, f], which it does not take itself.
  randomShear: (options) => ({ ...options, ...symmetric(options, "xFactor"), ...symmetric(options, "yFactor") }),
  gru: (options, config, context) => ({ ...options, ...resetAfter(options, config, context) }),
  gruCell: (options, config, context) => ({ ...options, ...resetAfter(options, config, context) }),
  bidirectional: ({ backwardLayer, ...options }) =>
    backwardLayer === undefined ? options : { ...options, backwardLayer },
  rnn: ({ cell, ...options }) => ({
    ...options,
    cell: isObject(cell) && cell["kind"] === "stackedRnnCells" ? stackOf(cell) : cell,
  }),
};

function symmetric(options: JsonObject, name: string): JsonObject {
  const factor = options[name];
  const [low, high] = isList(factor) ? factor : [];
  return typeof low === "number" && typeof high === "number" && low === -high ? { [name]: high } : {};
}

/** The cells of a stack. */
function stackOf(cell: JsonObject): ConfigValue {
  const options = field(cell, "options");
  return isObject(options) ? field(options, "cells") : undefined;
}

/** Layers made for cuDNN reset after, and so does Keras 3; older files say it, or reset before. */
function resetAfter(options: JsonObject, config: JsonObject, { version }: ReadContext): JsonObject {
  if (options["resetAfter"] !== undefined) return {};
  const isOfCudnn = field(config, "reset_after") === undefined && field(config, "recurrent_activation") === undefined;
  return { resetAfter: isOfCudnn || version.startsWith("3") };
}

/** Keras's object of a layer that is no network. @throws format for what only sinter has */
export function writePlainLayer({ kind, options }: Described, write: WriteInner): JsonObject {
  const className = classOfKind(kind);
  if (className === undefined) {
    throw badKeras(`Keras has no layer like ${kind}`, 'Save the model into a folder of sinter\'s: save("name").');
  }
  if (kind === "input") return writeInput(options);
  const entries = Object.entries(options)
    .filter(([name, value]) => name !== "inputShape" && name !== "batchSize" && value !== undefined)
    .map(([name, value]) => [snake(name), writeOption(name, value, write)] as const);
  const config = { ...(integerLayers.has(kind) ? {} : { dtype: "float32" }), ...Object.fromEntries(entries) };
  const adjust = Object.hasOwn(writeAdjusted, kind) ? writeAdjusted[kind] : undefined;
  return kerasObject("keras.layers", className, adjust?.(config) ?? config);
}

function writeOption(name: string, value: ConfigValue, write: WriteInner): ConfigValue {
  if (layerOptions.has(name)) {
    return isList(value) ? value.map((one) => write(describedOf(one))) : write(describedOf(value));
  }
  const kind = valueKinds.find(([ending]) => name.endsWith(ending));
  if (kind !== undefined) return kind[2](value);
  if (freeTexts.has(name)) return value;
  return isList(value) ? value.map(snakeText) : snakeText(value);
}

const kerasTypes: Readonly<Record<string, string>> = { f32: "float32", i32: "int32", u8: "uint8", bool: "bool" };

/** Keras's object of an input. */
export function writeInput({ name, shape, dtype }: JsonObject, batchSize: number | null = null): JsonObject {
  return kerasObject("keras.layers", "InputLayer", {
    batch_shape: [batchSize, ...listOf(shape, "shape")],
    dtype: kerasTypes[plainText(dtype)] ?? "float32",
    sparse: false,
    ragged: false,
    ...(name === undefined ? {} : { name }),
  });
}

/** Layers whose dtype in Keras is that of their integers. */
const integerLayers: ReadonlySet<string> = new Set([
  "categoryEncoding",
  "discretization",
  "hashing",
  "hashedCrossing",
  "integerLookup",
]);

/** What names do not settle when writing, by kind. */
const writeAdjusted: Readonly<Record<string, (config: JsonObject) => JsonObject>> = {
  rnn: (config) =>
    isList(config["cell"])
      ? { ...config, cell: kerasObject("keras.layers", "StackedRNNCells", { cells: config["cell"] }) }
      : config,
  // Its statistics are weights of the file.
  normalization: (config) => without(config, ["mean", "variance"]),
  upSampling1d: ({ size, ...config }) => ({ ...config, size: isList(size) ? size[0] : size }),
  pipeline: (config) => without(config, ["dtype", "trainable"]),
  spatialDropout1d: withoutTrainable,
  spatialDropout2d: withoutTrainable,
  spatialDropout3d: withoutTrainable,
};

/** Keras's layer takes no such option. */
function withoutTrainable(config: JsonObject): JsonObject {
  return without(config, ["trainable"]);
}

function without(config: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([name]) => !names.includes(name)));
}
