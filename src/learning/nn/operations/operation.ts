// One of Keras's operations as a layer without weights: what stands between the layers of a functional model, `x[:, 0]`,
// `1 - x`, `ops.mean(x, axis=1)`. Such layers are made by reading a model's file.

import { SinterError } from "#engine/base/error.ts";
import { nearest, type ConfigValue } from "#engine/base/options.ts";
import { zeros } from "#engine/tensor/create.ts";
import { isTensor, type Tensor } from "#engine/tensor/tensor.ts";
import { makeLayer, type Layer, type LayerOptions, type SampleType } from "../layer.ts";
import { isList, isObject, OperationCall, type OperationRule } from "./call.ts";
import { elementwise, type Operation } from "./elementwise.ts";
import { movement } from "./movement.ts";
import { products } from "./products.ts";
import { reductions } from "./reductions.ts";

/** The kind that model files name. */
export const operationKind = "operation";

/** Keras's operations by their classes. */
const operations: ReadonlyMap<string, Operation> = new Map(
  [elementwise, reductions, movement, products].flatMap((table) => Object.entries(table)),
);

/** Their names. */
const operationNames: readonly string[] = [...operations.keys()];

interface OperationOptions extends LayerOptions, Partial<OperationRule> {
  /** Keras's module, `numpy`. */
  readonly module?: string;
}

/** A size of batches that no other axis has by chance. */
const triedBatch = 7919;

/**
 * The layer that computes an operation. It passes no mask on, as in Keras.
 * @throws option for an operation, or options of one, that are not computed; shape where it does not keep the batch
 * @source Keras 3, ops
 */
export function operationFrom(options: object): Layer {
  const { operation = "", module = "numpy", ...given }: OperationOptions = options;
  const compute = operations.get(operation);
  if (compute === undefined) throw unknown(operation);
  const rule: OperationRule = {
    operation,
    arguments: isListOption(given.arguments) ? given.arguments : [],
    namedArguments: fields(given.namedArguments),
    parameters: fields(given.parameters),
  };
  const { arguments: _, namedArguments: _named, parameters: _parameters, ...own } = given;
  const run = (inputs: readonly Tensor[], label: string): readonly Tensor[] => {
    const result = compute(new OperationCall(label, rule, inputs));
    return isTensor(result) ? [result] : result;
  };
  return makeLayer({
    kind: operationKind,
    className: operation,
    options: own,
    known: [],
    config: { ...rule, module },
    outputTypes: (inputs, label) => run(inputs.map(sample), label).map((output) => typeOf(output, label)),
    call: (_weights, inputs) => ({ outputs: run(inputs, operationKind) }),
  });
}

/** Operations only record, so trying one computes nothing. */
function sample({ shape, dtype }: SampleType): Tensor {
  return zeros([triedBatch, ...shape], { dtype });
}

function typeOf({ shape, dtype }: Tensor, label: string): SampleType {
  const [batch, ...rest] = shape;
  if (batch === triedBatch) return { shape: rest, dtype };
  throw new SinterError(
    "shape",
    `${label}: what it gives does not begin with the batch, so that the samples are no longer told apart. Keep axis 0 in the model.`,
  );
}

function fields(value: unknown): { readonly [name: string]: ConfigValue } {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is { readonly [name: string]: ConfigValue } {
  return isObjectOption(value) && isObject(value);
}

function isObjectOption(value: unknown): value is ConfigValue {
  return typeof value === "object";
}

function isListOption(value: unknown): value is readonly ConfigValue[] {
  return isObjectOption(value) && isList(value);
}

function unknown(name: string): SinterError {
  const right = nearest(name, operationNames);
  return new SinterError(
    "option",
    `The operation ${JSON.stringify(name.slice(0, 60))} is not computed${right === undefined ? "" : `; the nearest that is: ${right}`}. ` +
      "Write that part of the model with layers, or as a layer of your own: { customLayers }.",
    { operation: name },
  );
}
