// How a model was compiled: optimizers, schedules, losses and metrics; Keras's compile configuration and sinter's.

import type { ConfigValue } from "#engine/base/options.ts";
import type { Described, DescribedObjective, ModelDescription } from "#learning/formats/model-json.ts";
import { badKeras, field, isList, isObject, objectOf, textOf, type JsonObject, plainText } from "./json.ts";
import { camel, snake, snakeCase } from "./names.ts";
import { camelOptions, camelText, checkModule, kerasObject, snakeText } from "./values.ts";

export type DescribedTraining = NonNullable<ModelDescription["training"]>;

/** Keras's classes of optimizers by sinter's kinds. */
const optimizerClasses: Readonly<Record<string, string>> = {
  sgd: "SGD",
  adam: "Adam",
  adamw: "AdamW",
  nadam: "Nadam",
  rmsprop: "RMSprop",
  adagrad: "Adagrad",
  lion: "Lion",
  adadelta: "Adadelta",
  adamax: "Adamax",
  ftrl: "Ftrl",
  lamb: "Lamb",
  adafactor: "Adafactor",
  muon: "Muon",
  scheduleFreeAdamw: "ScheduleFreeAdamW",
};

/** Other names of losses and metrics. */
const aliases: Readonly<Record<string, string>> = {
  mse: "meanSquaredError",
  mae: "meanAbsoluteError",
  mape: "meanAbsolutePercentageError",
  msle: "meanSquaredLogarithmicError",
  bce: "binaryCrossentropy",
  kld: "klDivergence",
  kullbackLeiblerDivergence: "klDivergence",
  logcosh: "logCosh",
  cosineProximity: "cosineSimilarity",
  ioU: "iou",
  acc: "accuracy",
};

/** Options of Keras's that say nothing here, or hold the only value that there is. */
const idleOptions: ReadonlySet<string> = new Set([
  "name",
  "dtype",
  "lossScaleFactor",
  "jitCompile",
  "isLegacyOptimizer",
  "fn",
]);

/**
 * How a model was compiled, or nothing where the file does not say it.
 * @param outputs names of the model's outputs
 * @throws format for losses, metrics and optimizers that are not known
 */
export function readTraining(value: ConfigValue, outputs: readonly string[]): DescribedTraining | undefined {
  if (!isObject(value)) return undefined;
  const optimizer = field(value, "optimizer") ?? field(value, "optimizer_config");
  const loss = field(value, "loss");
  if (optimizer === undefined || optimizer === null || loss === undefined || loss === null) return undefined;
  const common = { optimizer: readOptimizer(optimizer), iterations: 0, seed: 0 };
  const weights = field(value, "loss_weights");
  const metrics = field(value, "metrics");
  if (outputs.length === 1 && (weights === null || weights === undefined)) {
    const only =
      isList(loss) && loss.length === 1 ? loss[0] : isObject(loss) && !isMade(loss) ? Object.values(loss)[0] : loss;
    return { ...common, loss: readLoss(only), metrics: metricsOf(metrics, outputs)[0] ?? [] };
  }
  return { ...common, objectives: objectivesOf(loss, weights, metrics, outputs) };
}

/** An object that stands for a loss or a metric, not a record of them. */
function isMade(value: JsonObject): boolean {
  return field(value, "class_name") !== undefined;
}

function objectivesOf(
  loss: ConfigValue,
  weights: ConfigValue,
  metrics: ConfigValue,
  outputs: readonly string[],
): DescribedObjective[] {
  const measured = metricsOf(metrics, outputs);
  return outputs.flatMap((output, place) => {
    const own = ofOutput(loss, output, place);
    if (own === null || own === undefined) return [];
    const weight = ofOutput(weights, output, place);
    return [
      { output, loss: readLoss(own), weight: typeof weight === "number" ? weight : 1, metrics: measured[place] ?? [] },
    ];
  });
}

/** Of lists and records what belongs to one output; of one value itself. */
function ofOutput(value: ConfigValue, output: string, place: number): ConfigValue {
  if (isList(value)) return value[place];
  if (isObject(value) && !isMade(value)) return field(value, output);
  return value;
}

/** The metrics of each output. */
function metricsOf(value: ConfigValue, outputs: readonly string[]): Described[][] {
  if (value === null || value === undefined) return [];
  if (isObject(value) && !isMade(value)) return outputs.map((output) => metricList(field(value, output)));
  const list = isList(value) ? value : [value];
  if (outputs.length === 1) return [list.flatMap(metricList)];
  const isNested = list.some(isList);
  return outputs.map((_, place) => metricList(isNested ? list[place] : list));
}

function metricList(value: ConfigValue): Described[] {
  if (value === null || value === undefined) return [];
  if (isList(value)) return value.flatMap(metricList);
  return [readMetric(value)];
}

/** Kind and options of a name, a function or an object. */
function named(value: ConfigValue, what: string): Described {
  if (typeof value === "string") return { kind: kindOf(value), options: {} };
  const object = objectOf(value, what);
  checkModule(object, what);
  const config = field(object, "config");
  if (typeof config === "string") return { kind: kindOf(config), options: {} };
  const className = textOf(field(object, "class_name"), `${what}: class_name`);
  const options = Object.entries(camelOptions(objectOf(config ?? {}, what))).filter(([name]) => !idleOptions.has(name));
  return { kind: kindOf(className), options: Object.fromEntries(options) };
}

function kindOf(name: string): string {
  const kind = camel(snakeCase(name));
  return Object.hasOwn(aliases, kind) ? (aliases[kind] ?? kind) : kind;
}

function readLoss(value: ConfigValue): Described {
  const { kind, options } = named(value, "a loss");
  const { reduction, axis, ...others } = options;
  const isLast = axis === undefined || (axis === -1 && /rossentropy/u.test(kind));
  return {
    kind,
    options: {
      ...others,
      ...(isLast ? {} : { axis }),
      // "auto" of older versions is the mean.
      ...(reduction === undefined || reduction === "auto" ? {} : { reduction: camelText(reduction) }),
    },
  };
}

function readMetric(value: ConfigValue): Described {
  const { kind, options } = named(value, "a metric");
  const { axis, ...others } = options;
  const isLast = axis === undefined || (axis === -1 && /rossentropy/u.test(kind));
  return { kind, options: { ...others, ...(isLast ? {} : { axis }) } };
}

/** @throws format for one that is not known */
function readOptimizer(value: ConfigValue): Described {
  const { className, config } = optimizerParts(value);
  // Losses are scaled for numbers of 16 bits; here they need no scale.
  if (className === "LossScaleOptimizer") return readOptimizer(field(config, "inner_optimizer"));
  const kind = Object.keys(optimizerClasses).find(
    (one) => optimizerClasses[one]?.toLowerCase() === className.toLowerCase().replace(/^custom>/u, ""),
  );
  if (kind === undefined)
    throw badKeras(`the optimizer ${JSON.stringify(className)} is not known`, "Load it with { compile: false }.");
  const { lr, decay, emaMomentum, emaOverwriteFrequency, initialDecay: _, ...others } = camelOptions(config);
  const own = Object.entries(others).filter(([name]) => !idleOptions.has(name));
  const rate = others["learningRate"] ?? lr;
  if (typeof decay === "number" && decay !== 0)
    throw badKeras(`the optimizer's decay ${decay}`, "Load it with { compile: false }.");
  const averages = others["useEma"] === true ? { emaMomentum, emaOverwriteFrequency } : {};
  return {
    kind,
    options: {
      ...withoutUndefined(Object.fromEntries(own)),
      ...withoutUndefined(averages),
      ...(rate === undefined ? {} : { learningRate: readRate(rate) }),
    },
  };
}

function withoutUndefined(options: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function optimizerParts(value: ConfigValue): { readonly className: string; readonly config: JsonObject } {
  if (typeof value === "string") return { className: value, config: {} };
  const object = objectOf(value, "the optimizer");
  const className = textOf(field(object, "class_name"), "the optimizer's class_name");
  checkModule({ ...object, registered_name: null }, "the optimizer");
  return { className, config: objectOf(field(object, "config") ?? {}, "the optimizer") };
}

/** A number or a schedule. */
function readRate(value: ConfigValue): ConfigValue {
  if (!isObject(value)) return value;
  checkModule(value, "a schedule");
  const kind = camel(snakeCase(textOf(field(value, "class_name"), "a schedule's class_name")));
  const { name: _, ...options } = camelOptions(objectOf(field(value, "config") ?? {}, "a schedule"));
  return { kind, ...options };
}

/** Keras's compile configuration. @throws format for what only sinter has */
export function writeTraining(training: DescribedTraining): JsonObject {
  const { optimizer, loss, metrics, objectives } = training;
  const common = {
    optimizer: writeOptimizer(optimizer),
    weighted_metrics: null,
    run_eagerly: false,
    jit_compile: false,
  };
  if (objectives === undefined) {
    return {
      ...common,
      loss: loss === undefined ? null : writeLoss(loss),
      loss_weights: null,
      metrics: (metrics ?? []).map(writeMetric),
    };
  }
  const byOutput = (of: (one: DescribedObjective) => ConfigValue): JsonObject =>
    Object.fromEntries(objectives.map((one) => [one.output, of(one)]));
  return {
    ...common,
    loss: byOutput((one) => writeLoss(one.loss)),
    loss_weights: byOutput(({ weight }) => weight),
    metrics: byOutput((one) => one.metrics.map(writeMetric)),
  };
}

/** Numbers of sinter's that Keras has not, in a kind that it has. */
const ownKinds: ReadonlySet<string> = new Set([
  "triplet",
  "contrastive",
  "specificity",
  "confusionMatrix",
  "matthewsCorrelation",
  "cohenKappa",
  "logLoss",
]);

function className(kind: string): string {
  if (ownKinds.has(kind))
    throw badKeras(`Keras has no ${kind}`, "Save without it: save(path, { includeOptimizer: false }).");
  const odd = oddClasses[kind];
  if (odd !== undefined) return odd;
  return kind.slice(0, 1).toUpperCase() + kind.slice(1);
}

const oddClasses: Readonly<Record<string, string>> = {
  klDivergence: "KLDivergence",
  ctc: "CTC",
  auc: "AUC",
  iou: "IoU",
};

function writeLoss({ kind, options }: Described): JsonObject {
  const { kind: _, fromLogits, labelSmoothing, ...others } = options;
  const crossentropy = kind.endsWith("rossentropy");
  const own = {
    ...others,
    ...(crossentropy ? { fromLogits } : {}),
    ...(crossentropy && !kind.startsWith("sparse") ? { labelSmoothing } : {}),
  };
  return kerasObject("keras.losses", className(kind), snaked(own));
}

function writeMetric({ kind, options }: Described): ConfigValue {
  if (kind === "accuracy" || kind === "acc") return kind;
  return kerasObject("keras.metrics", className(kind), snaked(options));
}

function snaked(options: JsonObject): JsonObject {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [snake(name), snakeText(value)]));
}

/** Optimizers count their options with a sign before the number. */
function optimizerSnake(name: string): string {
  return snake(name).replaceAll(/([a-z]{2,})(\d)/gu, "$1_$2");
}

function writeOptimizer({ kind, options }: Described): JsonObject {
  const name = Object.hasOwn(optimizerClasses, kind) ? optimizerClasses[kind] : undefined;
  if (name === undefined) {
    throw badKeras(
      `the optimizer ${kind} is not written into Keras's files`,
      "Save without it: save(path, { includeOptimizer: false }).",
    );
  }
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  const config = entries.map(([option, value]) => [
    optimizerSnake(option),
    isObject(value) ? writeSchedule(value) : value,
  ]);
  return kerasObject("keras.optimizers", name, Object.fromEntries(config));
}

const keptSchedules: ReadonlySet<string> = new Set([
  "exponentialDecay",
  "inverseTimeDecay",
  "polynomialDecay",
  "piecewiseConstantDecay",
  "cosineDecay",
  "cosineDecayRestarts",
]);

function writeSchedule({ kind, ...options }: JsonObject): JsonObject {
  if (!keptSchedules.has(plainText(kind))) {
    throw badKeras(
      `Keras has no schedule ${plainText(kind)}`,
      "Save without it: save(path, { includeOptimizer: false }).",
    );
  }
  return kerasObject("keras.optimizers.schedules", className(plainText(kind)), snaked(options));
}
