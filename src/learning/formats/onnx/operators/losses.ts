// Losses as operators: what training graphs compute.

import { SinterError } from "#engine/base/error.ts";
import { arange } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { input, optionalInput, optionalNumber, textOf, type Call, type Operators } from "../operator.ts";
import { computed, type TensorValue } from "../value.ts";

/** Minus the log probability of each target, weighted by its class. [batch, classes, ...] and [batch, ...] */
function negativeLog(call: Call, logs: Tensor, target: TensorValue, weight: TensorValue | undefined): Tensor {
  const [, numClasses = 1, ...rest] = logs.shape;
  const index = target.device().cast("i32").expandDims(1); // [batch, 1, ...]
  const beside = [1, numClasses, ...rest.map(() => 1)];
  const isClass = index.equal(arange(numClasses).reshape(beside)); // [batch, classes, ...]
  const ignored = optionalNumber(call, "ignore_index");
  const isCounted = ignored === undefined ? isClass : isClass.and(index.notEqual(ignored));
  const weights = weight === undefined ? isCounted.cast("f32") : where(isCounted, weight.device().reshape(beside), 0);
  const each = weights.sum(1);
  const losses = where(isCounted, logs, 0).mul(weights).sum(1).neg();
  const reduction = textOf(call, "reduction", "mean");
  if (reduction === "none") return losses;
  if (reduction === "sum") return losses.sum();
  if (reduction === "mean") return losses.sum().div(each.sum());
  throw new SinterError("format", `onnx: reduction "${reduction}" is not known. Check the file with onnx.checker.`);
}

function negativeLogLikelihood(call: Call): TensorValue {
  const x = input(call, 0);
  return computed(x.type, negativeLog(call, x.device().cast("f32"), input(call, 1), optionalInput(call, 2)));
}

function softmaxCrossEntropy(call: Call): TensorValue[] {
  const x = input(call, 0);
  const logs = x.device().cast("f32").logSoftmax(1);
  return [computed(x.type, negativeLog(call, logs, input(call, 1), optionalInput(call, 2))), computed(x.type, logs)];
}

export const lossOperators: Operators = {
  NegativeLogLikelihoodLoss: { run: (call) => [negativeLogLikelihood(call)], frozen: [2] },
  SoftmaxCrossEntropyLoss: { run: softmaxCrossEntropy, frozen: [2] },
};
