// Which layers of sinter TensorFlow.js has too, and with which options. What it lacks is named, never written as something else.

import { SinterError } from "#engine/base/error.ts";
import type { ConfigValue } from "#engine/base/options.ts";
import { isList, isObject, plainText, type JsonObject } from "../keras/json.ts";
import { describedList, describedOf } from "../keras/weight-slots.ts";
import type { Described } from "../model-json.ts";

/** Says what of a layer TensorFlow.js has not; nothing where it has all. */
type Lack = (options: JsonObject) => string | undefined;

const none: Lack = () => undefined;
const ungrouped: Lack = ({ groups }) => (groups === undefined || groups === 1 ? undefined : "groups");
const stateless: Lack = ({ stateful }) => (stateful === true ? "stateful" : undefined);
const keepsNoAxes: Lack = ({ keepdims }) => (keepdims === true ? "keepdims" : undefined);
const resetsBefore: Lack = (options) => (options["resetAfter"] === false ? stateless(options) : "resetAfter: true");

/** Layers that are the same there with all their options. */
const wholeKinds = [
  "input dense activation flatten reshape permute repeatVector dropout masking spatialDropout1d gaussianNoise",
  "gaussianDropout alphaDropout embedding batchNormalization layerNormalization separableConv2d depthwiseConv2d",
  "conv2dTranspose conv3dTranspose cropping2d zeroPadding2d maxPooling1d maxPooling2d maxPooling3d averagePooling1d",
  "averagePooling2d averagePooling3d add multiply average maximum minimum concatenate dot leakyRelu prelu elu softmax",
  "rescaling timeDistributed model lstmCell simpleRnnCell",
].flatMap((row) => row.split(" "));

const lacks: Readonly<Record<string, Lack>> = {
  ...Object.fromEntries(wholeKinds.map((kind) => [kind, none])),
  conv1d: ungrouped,
  conv2d: ungrouped,
  conv3d: ungrouped,
  globalAveragePooling1d: keepsNoAxes,
  globalAveragePooling2d: keepsNoAxes,
  globalMaxPooling1d: keepsNoAxes,
  globalMaxPooling2d: keepsNoAxes,
  upSampling2d: ({ interpolation }) =>
    interpolation === undefined || interpolation === "nearest" ? undefined : "interpolation other than nearest",
  relu: ({ negativeSlope = 0, threshold = 0 }) =>
    negativeSlope === 0 && threshold === 0 ? undefined : "negativeSlope or threshold",
  simpleRnn: stateless,
  lstm: stateless,
  convLstm2d: stateless,
  rnn: stateless,
  gru: resetsBefore,
  gruCell: resetsBefore,
  bidirectional: (options) => (isMirrored(options) ? undefined : "a backwardLayer of its own"),
};

/** Whether the layer that goes backwards is the other one turned around, as it is where none was given. */
function isMirrored({ layer, backwardLayer }: JsonObject): boolean {
  if (backwardLayer === undefined) return true;
  const [forward, backward] = [describedOf(layer), describedOf(backwardLayer)].map(({ kind, options }) => {
    const { name: _, goBackwards: _turned, inputShape: _shape, ...own } = options;
    return JSON.stringify([kind, own]);
  });
  return forward === backward;
}

/** Activations by their names there. */
const activations: ReadonlyMap<ConfigValue, string> = new Map([
  ..."linear relu relu6 elu selu sigmoid softplus softsign tanh softmax gelu mish swish"
    .split(" ")
    .map((name): [ConfigValue, string] => [name, name]),
  ["logSoftmax", "log_softmax"],
  ["silu", "swish"],
]);

/** Operations of Keras's that are a layer there where both operands are values of the network. */
const merges: Readonly<Record<string, string>> = {
  Add: "add",
  Multiply: "multiply",
  Maximum: "maximum",
  Minimum: "minimum",
};

/** The layer, or the merge that an operation is: `a + b` of Keras. */
export function asMerge({ kind, options }: Described): Described {
  if (kind === "model")
    return {
      kind,
      options: { ...options, layers: describedList(options["layers"]).map((one) => ({ ...asMerge(one) })) },
    };
  const merge = kind === "operation" ? merges[plainText(options["operation"])] : undefined;
  const given = options["arguments"];
  const isPlain = isList(given) && given.every((one) => isObject(one) && one["kind"] === "input");
  return merge === undefined || !isPlain ? { kind, options } : { kind: merge, options: { name: options["name"] } };
}

/** @throws format for layers and options that TensorFlow.js has not */
export function checkWritten({ kind, options }: Described): void {
  const lack = Object.hasOwn(lacks, kind) ? lacks[kind] : undefined;
  if (lack === undefined) throw lacking(options, `no layer like ${kind}`);
  const missing = lack(options);
  if (missing !== undefined) throw lacking(options, `${kind} without ${missing} only`);
  for (const [name, value] of Object.entries(options)) {
    if (name.endsWith("egularizer") && isObject(value) && value["kind"] !== "l1l2") {
      throw lacking(options, `no such ${name}`);
    }
    if (["layer", "cell", "cells", "layers"].includes(name)) {
      for (const inner of isList(value) ? value : [value]) checkWritten(describedOf(inner));
    }
  }
}

/** The options with activations as TensorFlow.js calls them. @throws format for one that it has not */
export function withActivations(options: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      name.endsWith("ctivation") ? activationName(value, options) : value,
    ]),
  );
}

function activationName(value: ConfigValue, options: JsonObject): string {
  const plain = isObject(value) && Object.keys(value).length === 1 ? value["kind"] : value;
  if (isObject(plain) && plain["kind"] === "hardSigmoid" && plain["slope"] === 0.2) return "hard_sigmoid";
  const name = activations.get(plain);
  if (name !== undefined) return name;
  throw lacking(options, `no activation ${JSON.stringify(plain)}`);
}

function lacking({ name }: JsonObject, what: string): SinterError {
  return new SinterError(
    "format",
    `tfjs: layer ${JSON.stringify(name)}: TensorFlow.js has ${what}. Change the layer, or save the model into a folder of sinter's.`,
    { layer: name },
  );
}
