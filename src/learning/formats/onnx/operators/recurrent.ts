// Recurrent layers: one loop a direction, with everything that does not depend on the step before computed outside of it.

import { concat, where } from "#engine/tensor/math.ts";
import { scan } from "#engine/tensor/scan.ts";
import { arange, zeros } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import {
  flag,
  input,
  numberOf,
  numbersAttribute,
  optionalInput,
  optionalNumber,
  textOf,
  textsAttribute,
  wrongNode,
  type Call,
  type Operators,
} from "../operator.ts";
import { computed, type TensorValue } from "../value.ts";

type Activation = (x: Tensor) => Tensor;

/** What a step carries on: the output, and for an LSTM the cell. */
interface State {
  readonly h: Tensor;
  readonly c: Tensor;
}

/** The weights of one direction. */
interface Weights {
  readonly input: Tensor; // [inputs, gates · hidden]
  readonly recurrent: Tensor; // [hidden, gates · hidden]
  readonly bias: Tensor | undefined; // [gates · hidden], of the input
  readonly recurrentBias: Tensor | undefined;
  readonly peephole: Tensor | undefined; // [3 · hidden]
}

/** A step: from what comes in, multiplied already, and the state, to the next state. */
type Step = (gates: Tensor, state: State, weights: Weights) => State;

const defaults: Readonly<Record<string, readonly string[]>> = {
  RNN: ["Tanh"],
  GRU: ["Sigmoid", "Tanh"],
  LSTM: ["Sigmoid", "Tanh", "Tanh"],
};

function activationsOf(call: Call, direction: number): Activation[] {
  const each = defaults[call.node.operator] ?? [];
  const names = textsAttribute(call, "activations") ?? [];
  const [alphas, betas] = [
    numbersAttribute(call, "activation_alpha") ?? [],
    numbersAttribute(call, "activation_beta") ?? [],
  ];
  const limit = optionalNumber(call, "clip");
  return each.map((otherwise, index) => {
    const place = direction * each.length + index;
    const activation = activationOf(call, names[place] ?? names[index] ?? otherwise, alphas[place], betas[place]);
    return limit === undefined ? activation : (x) => activation(x.clip(-limit, limit));
  });
}

function activationOf(call: Call, name: string, alpha: number | undefined, beta: number | undefined): Activation {
  const plain = name.toLowerCase();
  const found = Object.hasOwn(activations, plain) ? activations[plain] : undefined;
  if (found === undefined) throw wrongNode(call, `activation "${name}"`);
  return (x) => found(x, alpha, beta);
}

/** Activations by ONNX's names in small letters, with the numbers that a node may give them. */
const activations: Readonly<Record<string, (x: Tensor, alpha?: number, beta?: number) => Tensor>> = {
  tanh: (x) => x.tanh(),
  sigmoid: (x) => x.sigmoid(),
  relu: (x) => x.relu(),
  affine: (x, alpha = 1, beta = 0) => x.mul(alpha).add(beta),
  leakyrelu: (x, alpha = 0.01) => where(x.less(0), x.mul(alpha), x),
  thresholdedrelu: (x, alpha = 1) => where(x.greater(alpha), x, 0),
  scaledtanh: (x, alpha = 1, beta = 1) => x.mul(beta).tanh().mul(alpha),
  hardsigmoid: (x, alpha = 0.2, beta = 0.5) => x.mul(alpha).add(beta).clip(0, 1),
  elu: (x, alpha = 1) => where(x.greater(0), x, x.minimum(0).expm1().mul(alpha)),
  softsign: (x) => x.div(x.abs().add(1)),
  softplus: (x) => x.abs().neg().exp().log1p().add(x.maximum(0)),
};

/** Parts of the last axis, each `hidden` wide. */
function gate(x: Tensor, index: number, hidden: number): Tensor {
  return x.slice([...x.shape.slice(0, -1).map(() => 0), index * hidden], [...x.shape.slice(0, -1), hidden]);
}

function rnnStep([f = (x) => x]: readonly Activation[]): Step {
  return (gates, { h, c }, { recurrent, recurrentBias }) => {
    const sum = gates.add(h.matMul(recurrent));
    return { h: f(recurrentBias === undefined ? sum : sum.add(recurrentBias)), c };
  };
}

/** Gates in the order update, reset, hidden. */
function gruStep([f = (x) => x, g = (x) => x]: readonly Activation[], hidden: number, resetsAfter: boolean): Step {
  return (gates, { h, c }, { recurrent, recurrentBias }) => {
    const bias = (index: number, x: Tensor): Tensor =>
      recurrentBias === undefined ? x : x.add(gate(recurrentBias, index, hidden));
    const product = h.matMul(gate(recurrent, 0, 2 * hidden));
    const update = f(bias(0, gate(gates, 0, hidden).add(gate(product, 0, hidden))));
    const reset = f(bias(1, gate(gates, 1, hidden).add(gate(product, 1, hidden))));
    const last = gate(recurrent, 2, hidden);
    const inner = resetsAfter ? bias(2, h.matMul(last)).mul(reset) : bias(2, h.mul(reset).matMul(last));
    const fresh = g(gate(gates, 2, hidden).add(inner));
    return { h: update.neg().add(1).mul(fresh).add(update.mul(h)), c };
  };
}

/** Gates in the order input, output, forget, cell. */
function lstmStep(
  [f = (x) => x, g = (x) => x, last = (x) => x]: readonly Activation[],
  hidden: number,
  isCoupled: boolean,
): Step {
  return (gates, { h, c }, { recurrent, recurrentBias, peephole }) => {
    const product = gates.add(h.matMul(recurrent));
    const sum = recurrentBias === undefined ? product : product.add(recurrentBias);
    const look = (x: Tensor, index: number, cell: Tensor): Tensor =>
      peephole === undefined ? x : x.add(gate(peephole, index, hidden).mul(cell));
    const enter = f(look(gate(sum, 0, hidden), 0, c));
    const forget = isCoupled ? enter.neg().add(1) : f(look(gate(sum, 2, hidden), 2, c));
    const cell = forget.mul(c).add(enter.mul(g(gate(sum, 3, hidden))));
    const leave = f(look(gate(sum, 1, hidden), 1, cell));
    return { h: leave.mul(last(cell)), c: cell };
  };
}

function stepOf(call: Call, direction: number, hidden: number): Step {
  const activations = activationsOf(call, direction);
  if (call.node.operator === "RNN") return rnnStep(activations);
  if (call.node.operator === "GRU") return gruStep(activations, hidden, flag(call, "linear_before_reset"));
  return lstmStep(activations, hidden, flag(call, "input_forget"));
}

/** One member of the first axis, which disappears. */
function part(x: Tensor, at: number): Tensor {
  return x.slice([at, ...x.shape.slice(1).map(() => 0)], [1, ...x.shape.slice(1)]).squeeze(0);
}

function weightsOf(call: Call, direction: number): Weights {
  const bias = optionalInput(call, 3);
  const both = bias === undefined ? undefined : part(bias.device().cast("f32"), direction);
  const half = (both?.size ?? 0) / 2;
  const peephole = call.node.operator === "LSTM" ? optionalInput(call, 7) : undefined;
  return {
    input: part(input(call, 1).device().cast("f32"), direction).transpose(),
    recurrent: part(input(call, 2).device().cast("f32"), direction).transpose(),
    bias: both?.slice([0], [half]),
    recurrentBias: both?.slice([half], [half]),
    peephole: peephole === undefined ? undefined : part(peephole.device().cast("f32"), direction),
  };
}

interface Direction {
  readonly outputs: Tensor; // [time, batch, hidden]
  readonly last: State;
}

/** Time first: [time, batch, inputs]. */
function runDirection(call: Call, x: Tensor, direction: number, isReverse: boolean): Direction {
  const [time = 0, batch = 0] = x.shape;
  const weights = weightsOf(call, direction);
  const hidden = weights.recurrent.shape[0] ?? 0;
  const step = stepOf(call, direction, hidden);
  const product = x
    .reshape([time * batch, -1])
    .matMul(weights.input)
    .reshape([time, batch, -1]);
  const gates = weights.bias === undefined ? product : product.add(weights.bias);
  const first = (place: number): Tensor => {
    const given = optionalInput(call, place);
    if (given === undefined) return zeros([batch, hidden]);
    const tensor = given.device().cast("f32");
    return part(isBatchFirst(call) ? tensor.transpose([1, 0, 2]) : tensor, direction);
  };
  const initial: State = { h: first(5), c: call.node.operator === "LSTM" ? first(6) : zeros([1]) };
  const lengths = optionalInput(call, 4)?.device().cast("i32").expandDims(1);
  const { carry, outputs } = scan(
    ({ h, c }, { row, at }: { readonly row: Tensor; readonly at: Tensor }) => {
      const next = step(row, { h, c }, weights);
      if (lengths === undefined) return { carry: { h: next.h, c: next.c }, output: next.h };
      const isInside = at.less(lengths);
      const kept = { h: where(isInside, next.h, h), c: next.c.rank === 1 ? c : where(isInside, next.c, c) };
      return { carry: kept, output: where(isInside, next.h, 0) };
    },
    { h: initial.h, c: initial.c },
    { row: gates, at: arange(time) },
    { reverse: isReverse },
  );
  return { outputs, last: carry };
}

const isBatchFirst = (call: Call): boolean => numberOf(call, "layout", 0) === 1;

function recurrent(call: Call): TensorValue[] {
  const x = input(call, 0);
  const isFirst = isBatchFirst(call);
  const tensor = x.device().cast("f32");
  const ordered = isFirst ? tensor.transpose([1, 0, 2]) : tensor;
  const direction = textOf(call, "direction", "forward");
  const runs = direction === "bidirectional" ? [false, true] : [direction === "reverse"];
  const done = runs.map((isReverse, index) => runDirection(call, ordered, index, isReverse));
  const outputs = concat(
    done.map((one) => one.outputs.expandDims(1)),
    1,
  ); // [time, directions, batch, hidden]
  const states = (of: (state: State) => Tensor): TensorValue => {
    const all = concat(
      done.map(({ last }) => of(last).expandDims(0)),
      0,
    ); // [directions, batch, hidden]
    return computed(x.type, isFirst ? all.transpose([1, 0, 2]) : all);
  };
  const results = [computed(x.type, isFirst ? outputs.transpose([2, 0, 1, 3]) : outputs), states(({ h }) => h)];
  return call.node.operator === "LSTM" ? [...results, states(({ c }) => c)] : results;
}

export const recurrentOperators: Operators = {
  RNN: { run: recurrent },
  GRU: { run: recurrent },
  LSTM: { run: recurrent },
};
