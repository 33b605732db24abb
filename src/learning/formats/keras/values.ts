// What stands in the options of layers: activations, initializers, regularizers, constraints; Keras's form and sinter's.

import type { ConfigValue } from "#engine/base/options.ts";
import { badKeras, field, isObject, objectOf, shown, textOf, type JsonObject, plainText } from "./json.ts";
import { camel, snake, snakeCase } from "./names.ts";

/** An object of Keras's: a class and its configuration. */
export function kerasObject(module: string, className: string, config: JsonObject): JsonObject {
  return { module, class_name: className, config, registered_name: null };
}

/** @throws format for a class of another module than Keras's */
export function checkModule(object: JsonObject, what: string): void {
  const module = field(object, "module");
  const registered = field(object, "registered_name");
  const isOwn =
    module === undefined || module === null || module === "builtins" || /^keras(\.|$)/u.test(plainText(module));
  const isPlain = registered === undefined || registered === null || !plainText(registered).includes(">");
  if (isOwn && isPlain) return;
  throw badKeras(
    `${what} is of ${shown(field(object, "registered_name") ?? module)}, which is code of its own and not run`,
    "Give a maker for such a layer: loadModel(path, { customLayers: { Name: { make } } }).",
  );
}

function configOf(object: JsonObject): JsonObject {
  const config = field(object, "config");
  return config === undefined || config === null ? {} : objectOf(config, "config");
}

/** Every option under its camelCase name, without what has no value. */
export function camelOptions(config: JsonObject): { [name: string]: ConfigValue } {
  const entries = Object.entries(config).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [camel(name), camelText(value)]));
}

/** Enumerated values are in snake_case: `fan_avg` → `fanAvg`. Other texts stay. */
export function camelText(value: ConfigValue): ConfigValue {
  return typeof value === "string" && /^[a-z0-9]+(_[a-z0-9]+)+$/u.test(value) ? camel(value) : value;
}

/** Classes of activations that older files have as objects, and their parameters' names then. */
const renamedParameters: Readonly<Record<string, string>> = { alpha: "negativeSlope" };

/** @throws format for functions that are not Keras's */
export function readActivation(value: ConfigValue): ConfigValue {
  if (value === undefined || value === null) return "linear";
  if (typeof value === "string") return camel(value);
  const object = objectOf(value, "activation");
  checkModule(object, "an activation");
  const config = field(object, "config");
  if (typeof config === "string") return camel(config);
  const kind = activationOfClass(textOf(field(object, "class_name"), "activation: class_name"));
  const { name: _, dtype: _dtype, trainable: _trainable, ...own } = camelOptions(configOf(object));
  const entries = Object.entries(own).map(([name, item]) => [
    kind === "leakyRelu" ? (renamedParameters[name] ?? name) : name,
    item,
  ]);
  return entries.length === 0 ? kind : { kind, ...Object.fromEntries(entries) };
}

function activationOfClass(name: string): string {
  if (name === "ReLU") return "relu";
  return name === "LeakyReLU" ? "leakyRelu" : camel(snakeCase(name));
}

/** Classes of initializers that are variance scaling with numbers of their own. */
const scalings: Readonly<Record<string, readonly [scale: number, mode: string, distribution: string]>> = {
  GlorotUniform: [1, "fanAvg", "uniform"],
  GlorotNormal: [1, "fanAvg", "truncatedNormal"],
  HeUniform: [2, "fanIn", "uniform"],
  HeNormal: [2, "fanIn", "truncatedNormal"],
  LecunUniform: [1, "fanIn", "uniform"],
  LecunNormal: [1, "fanIn", "truncatedNormal"],
};

/** Classes of initializers by sinter's kind, with the value of the constant ones. */
const initializerKinds: Readonly<Record<string, JsonObject>> = {
  Zeros: { kind: "constant", value: 0 },
  Ones: { kind: "constant", value: 1 },
  Constant: { kind: "constant", value: 0 },
  RandomUniform: { kind: "randomUniform", minval: -0.05, maxval: 0.05 },
  RandomNormal: { kind: "randomNormal", mean: 0, stddev: 0.05 },
  TruncatedNormal: { kind: "truncatedNormal", mean: 0, stddev: 0.05 },
  VarianceScaling: { kind: "varianceScaling", scale: 1, mode: "fanIn", distribution: "truncatedNormal" },
  Orthogonal: { kind: "orthogonal", gain: 1 },
  OrthogonalInitializer: { kind: "orthogonal", gain: 1 },
  Identity: { kind: "identity", gain: 1 },
  IdentityInitializer: { kind: "identity", gain: 1 },
};

/** Class and configuration of what a file names by a text or an object. */
function classAndConfig(value: ConfigValue, what: string): { className: string; config: JsonObject } {
  if (typeof value === "string") {
    const className = camel(value);
    return { className: className.slice(0, 1).toUpperCase() + className.slice(1), config: {} };
  }
  const object = objectOf(value, what);
  checkModule(object, what);
  return { className: textOf(field(object, "class_name"), `${what}: class_name`), config: configOf(object) };
}

/** @throws format for one that is not known */
export function readInitializer(value: ConfigValue): ConfigValue {
  if (value === undefined || value === null) return undefined;
  const { className, config } = classAndConfig(value, "an initializer");
  const { dtype: _, ...all } = camelOptions(config);
  // A generator of seeds stands where none was given.
  const { seed, ...own } = all;
  const given = typeof seed === "number" ? { seed } : {};
  const scaling = Object.hasOwn(scalings, className) ? scalings[className] : undefined;
  if (scaling !== undefined) {
    const [scale, mode, distribution] = scaling;
    return { kind: "varianceScaling", scale, mode, distribution, ...own, ...given };
  }
  const standard = Object.hasOwn(initializerKinds, className) ? initializerKinds[className] : undefined;
  if (standard === undefined) throw badKeras(`the initializer ${JSON.stringify(className)} is not known`);
  if (className === "Zeros" || className === "Ones") return standard;
  // "normal" was the truncated one before there was another.
  const distribution = own["distribution"] === "normal" ? { distribution: "truncatedNormal" } : {};
  return { ...standard, ...own, ...distribution, ...given };
}

/** @throws format for one that is not known */
export function readRegularizer(value: ConfigValue): ConfigValue {
  if (value === undefined || value === null) return undefined;
  const { className, config } = classAndConfig(value, "a regularizer");
  const own = camelOptions(config);
  const strength = (name: string): ConfigValue => own[name] ?? (typeof value === "string" ? 0.01 : 0);
  switch (className) {
    case "L1":
      return { kind: "l1l2", l1: strength("l1"), l2: 0 };
    case "L2":
      return { kind: "l1l2", l1: 0, l2: strength("l2") };
    case "L1L2":
    case "L1l2":
      return { kind: "l1l2", l1: strength("l1"), l2: strength("l2") };
    case "OrthogonalRegularizer":
      return { kind: "orthogonalRegularizer", factor: 0.01, mode: "rows", ...own };
    default:
      throw badKeras(`the regularizer ${JSON.stringify(className)} is not known`);
  }
}

const constraintKinds: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
  ["MaxNorm", { kind: "maxNorm", maxValue: 2, axis: 0 }],
  ["MinMaxNorm", { kind: "minMaxNorm", minValue: 0, maxValue: 1, rate: 1, axis: 0 }],
  ["NonNeg", { kind: "nonNeg" }],
  ["UnitNorm", { kind: "unitNorm", axis: 0 }],
]);

/** @throws format for one that is not known */
export function readConstraint(value: ConfigValue): ConfigValue {
  if (value === undefined || value === null) return undefined;
  const { className, config } = classAndConfig(value, "a constraint");
  const standard = constraintKinds.get(className);
  if (standard === undefined) throw badKeras(`the constraint ${JSON.stringify(className)} is not known`);
  return { ...standard, ...camelOptions(config) };
}

/** Options under their snake_case names. */
export function snakeOptions(options: JsonObject): { [name: string]: ConfigValue } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [snake(name), snakeText(value)]));
}

/** `fanAvg` → `fan_avg`; texts with other signs than letters and digits stay. */
export function snakeText(value: ConfigValue): ConfigValue {
  return typeof value === "string" && /^[a-z][a-z0-9]*([A-Z][a-z0-9]*)+$/u.test(value) ? snake(value) : value;
}

/** Classes of activations with parameters; others are names. */
const activationClasses: ReadonlyMap<string, string> = new Map([
  ["leakyRelu", "LeakyReLU"],
  ["relu", "ReLU"],
  ["elu", "ELU"],
  ["softmax", "Softmax"],
]);

/** @throws format for parameters that Keras keeps in no file */
export function writeActivation(value: ConfigValue): ConfigValue {
  if (!isObject(value)) return snakeText(value ?? "linear");
  const { kind, ...own } = value;
  const name = plainText(kind);
  if (Object.keys(own).length === 0) return snake(name);
  const className = activationClasses.get(name);
  if (className === undefined) {
    throw badKeras(
      `Keras's files hold no parameters of the activation ${name}`,
      "Use it without parameters, or a layer of its own.",
    );
  }
  const finite = Object.entries(own).map(([key, item]) => [key, item === Number.POSITIVE_INFINITY ? null : item]);
  return kerasObject("keras.layers", className, { ...snakeOptions(Object.fromEntries(finite)) });
}

const initializerClasses: Readonly<Record<string, string>> = {
  constant: "Constant",
  randomUniform: "RandomUniform",
  randomNormal: "RandomNormal",
  truncatedNormal: "TruncatedNormal",
  varianceScaling: "VarianceScaling",
  orthogonal: "Orthogonal",
  identity: "Identity",
};

export function writeInitializer(value: ConfigValue): ConfigValue {
  if (!isObject(value)) return snakeText(value);
  const { kind, ...own } = value;
  return kerasObject("keras.initializers", initializerClasses[plainText(kind)] ?? plainText(kind), snakeOptions(own));
}

export function writeRegularizer(value: ConfigValue): ConfigValue {
  if (!isObject(value)) return value === "l1l2" ? "l1_l2" : snakeText(value);
  const { kind, ...own } = value;
  return kerasObject("keras.regularizers", kind === "l1l2" ? "L1L2" : "OrthogonalRegularizer", snakeOptions(own));
}

export function writeConstraint(value: ConfigValue): ConfigValue {
  if (!isObject(value)) return snakeText(value);
  const { kind, ...own } = value;
  const name = plainText(kind);
  return kerasObject("keras.constraints", name.slice(0, 1).toUpperCase() + name.slice(1), snakeOptions(own));
}
