// Keras's operations among the layers of a functional network, `x[:, 0]` or `1 - x`: what each was told, in Keras's form and
// in sinter's, where a value of the network is `{ kind: "input", place }`.

import type { ConfigValue } from "#engine/base/options.ts";
import type { Described } from "#learning/formats/model-json.ts";
import {
  badKeras,
  field,
  isList,
  isObject,
  listOf,
  objectOf,
  plainText,
  shown,
  textOf,
  type JsonObject,
} from "./json.ts";
import { camel, isLayerClass, snake } from "./names.ts";

const modules = "keras.src.ops.";
const maxDepth = 16;

/** Classes that are an operation's and a layer's. */
const sharedClasses: ReadonlySet<string> = new Set(
  "Add Average Concatenate Dot Maximum Minimum Multiply Softmax Subtract".split(" "),
);

/** Whether an object stands for an operation, not for a layer. Keras 3's .h5 files leave the module out, and only layers train. */
export function isOperation(object: JsonObject): boolean {
  const module = field(object, "module");
  if (typeof module === "string") return module.startsWith(modules);
  const className = plainText(field(object, "class_name"));
  const [config, nodes] = [field(object, "config"), field(object, "inbound_nodes")];
  if (!isObject(config) || !isList(nodes) || !nodes.some(isObject) || Object.hasOwn(config, "trainable")) return false;
  return !isLayerClass(className) || sharedClasses.has(className);
}

/** Modules of the operations that are not in numpy's. */
const otherModules: Readonly<Record<string, string>> = {
  core: "Cast StopGradient Unstack",
  image: "Resize",
  linalg: "Norm",
  math: "Erf Logsumexp Rsqrt",
  nn:
    "AveragePool Celu DepthToSpace Elu Gelu Glu HardShrink HardSigmoid HardSilu HardTanh LeakyRelu LogSigmoid LogSoftmax MaxPool Moments " +
    "Normalize OneHot RMSNorm Relu Relu6 Selu Sigmoid Silu SoftShrink Softmax Softplus Softsign SpaceToDepth SparsePlus SparseSigmoid " +
    "Sparsemax Squareplus TanhShrink Threshold",
};

function moduleOf(operation: string): string {
  return Object.keys(otherModules).find((one) => otherModules[one]?.split(" ").includes(operation) === true) ?? "numpy";
}

/** The operation itself; what its call is told comes with the call. */
export function readOperation(object: JsonObject): Described {
  const operation = textOf(field(object, "class_name"), "an operation's class_name");
  const { name: _, ...config } = objectOf(field(object, "config") ?? {}, operation);
  const named = field(object, "module");
  const module = typeof named === "string" ? named.slice(modules.length) : moduleOf(operation);
  return { kind: "operation", options: { operation, module, parameters: camelFields(config) } };
}

function camelFields(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [camel(name), value]));
}

/** Arguments of a call, and the values of the network among them, in order. */
export function readArguments(
  node: JsonObject,
  take: (history: readonly ConfigValue[]) => number,
): { readonly arguments: readonly ConfigValue[]; readonly namedArguments: JsonObject } {
  const named = objectOf(field(node, "kwargs") ?? {}, "kwargs");
  return {
    arguments: listOf(field(node, "args"), "args").map((value) => readArgument(value, take, 0)),
    namedArguments: Object.fromEntries(
      Object.entries(named).map(([name, value]) => [camel(name), readArgument(value, take, 0)]),
    ),
  };
}

function readArgument(
  value: ConfigValue,
  take: (history: readonly ConfigValue[]) => number,
  depth: number,
): ConfigValue {
  if (depth > maxDepth) throw badKeras("arguments of an operation are nested too deep");
  if (isList(value)) return value.map((one) => readArgument(one, take, depth + 1));
  if (!isObject(value)) return value ?? null;
  const config = objectOf(field(value, "config") ?? {}, "an argument");
  switch (field(value, "class_name")) {
    case "__keras_tensor__":
      return { kind: "input", place: take(listOf(field(config, "keras_history"), "keras_history")) };
    case "__slice__":
      return {
        kind: "slice",
        ...Object.fromEntries(
          ["start", "stop", "step"].map((name) => [name, readArgument(field(config, name), take, depth + 1)]),
        ),
      };
    case "__ellipsis__":
      return { kind: "ellipsis" };
    case "__numpy__":
    case "__tensor__":
      return { kind: "constant", dtype: field(config, "dtype"), values: field(config, "value") };
    default:
      throw badKeras(`an operation takes ${shown(value)}`, "Write that part of the model with layers.");
  }
}

/** How many values an operation gives. */
export function valuesOfOperation({ options }: Described): number {
  const parameters = options["parameters"];
  const { indicesOrSections, num } = isObject(parameters) ? parameters : {};
  switch (options["operation"]) {
    case "Split":
      return typeof indicesOrSections === "number" ? indicesOrSections : listOf(indicesOrSections, "Split").length + 1;
    case "Unstack":
      if (typeof num === "number") return num;
      throw badKeras("ops.unstack without num", "Give it num, so that the file says how many values there are.");
    case "Moments":
      return 2;
    default:
      return 1;
  }
}

/** Keras's object of an operation, but for its call. */
export function writeOperation({ options }: Described): JsonObject {
  const { operation, module, parameters, name } = options;
  return {
    module: `${modules}${plainText(module)}`,
    class_name: operation,
    config: { name, ...snakeFields(objectOf(parameters ?? {}, "parameters")) },
    registered_name: operation,
  };
}

function snakeFields(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [snake(name), value]));
}

/** What the call of an operation is told, its inputs as the tensors given. */
export function writeArguments({ options }: Described, tensors: readonly ConfigValue[]): JsonObject {
  const named = objectOf(options["namedArguments"] ?? {}, "namedArguments");
  return {
    args: listOf(options["arguments"], "arguments").map((value) => writeArgument(value, tensors)),
    kwargs: Object.fromEntries(
      Object.entries(named).map(([name, value]) => [snake(name), writeArgument(value, tensors)]),
    ),
  };
}

function writeArgument(value: ConfigValue, tensors: readonly ConfigValue[]): ConfigValue {
  if (isList(value)) return value.map((one) => writeArgument(one, tensors));
  if (!isObject(value)) return value;
  const { kind, place, dtype, values, ...rest } = value;
  switch (kind) {
    case "input":
      return tensors[Number(place)];
    case "slice":
      return {
        class_name: "__slice__",
        config: Object.fromEntries(Object.entries(rest).map(([name, one]) => [name, writeArgument(one, tensors)])),
      };
    case "ellipsis":
      return { class_name: "__ellipsis__", config: {} };
    default:
      return { class_name: "__numpy__", config: { value: values, dtype } };
  }
}
