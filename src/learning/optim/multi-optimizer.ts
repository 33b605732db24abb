// Several optimizers for the weights of one model, chosen by the weights' paths.

import { SinterError } from "#engine/base/error.ts";
import { namePattern } from "#engine/base/name-pattern.ts";
import { checkOptions, type ConfigValue } from "#engine/base/options.ts";
import { adam } from "./adam.ts";
import type { Optimizer, OptimizerOptions, OptimizerState, Tensors } from "./optimizer.ts";

export interface MultiOptimizerOptions {
  /** Of the weights that no pattern names; Adam by default. */
  readonly optimizer?: Optimizer;
  /** Optimizers by the path of a weight, `dense/kernel`, or a regular expression that fits the whole of it, repeating no group: `dense.*`. */
  readonly optimizers?: Readonly<Record<string, Optimizer>>;
  /** Of Adam, where no optimizer is given. */
  readonly learningRate?: NonNullable<OptimizerOptions["learningRate"]>;
}

/** An optimizer and what it is given of the model. */
interface Group {
  readonly optimizer: Optimizer;
  /** Its rate in units of the first optimizer's. */
  readonly ratio: number;
  readonly owns: (path: string) => boolean;
}

/**
 * Each weight is stepped by the optimizer whose pattern its path fits. The model's rate is that of `optimizer`: where a callback sets
 * it, the others' rates change in proportion. State: that of each, its slots numbered.
 * @throws option for an optimizer with a schedule among several, or a path that two patterns fit
 * @source Keras 3, optimizers/multi_optimizer.py
 */
export function multiOptimizer(options: MultiOptimizerOptions = {}): Optimizer {
  const kind = "multiOptimizer";
  checkOptions(kind, options, ["optimizer", "optimizers", "learningRate"]);
  const { learningRate, optimizers = {} } = options;
  if (options.optimizer !== undefined && learningRate !== undefined) {
    throw new SinterError("option", `${kind}: learningRate stands beside an optimizer. Give it to the optimizer.`);
  }
  const first = options.optimizer ?? adam(learningRate === undefined ? {} : { learningRate });
  const groups = groupsOf(kind, first, optimizers);
  const configs: Record<string, ConfigValue> = {};
  for (const [pattern, { config }] of Object.entries(optimizers)) configs[pattern] = { ...config };
  return {
    learningRate: first.learningRate,
    config: { kind, options: { optimizer: { ...first.config }, optimizers: configs } },
    isAccumulating: groups.some(({ optimizer }) => optimizer.isAccumulating === true),
    initialState: (weights) =>
      joined(groups.map(({ optimizer, owns }) => optimizer.initialState(ownedBy(owns, weights)))),
    update: (weights, gradients, state, rate, step) => {
      const parts = groups.map(({ optimizer, ratio, owns }, index) => {
        const own = ownedBy(owns, weights);
        const slots = slotsOf(state, index);
        return optimizer.update(own, ownedBy(owns, gradients), slots, ratio === 1 ? rate : rate.mul(ratio), step);
      });
      return {
        weights: inOrder(weights, Object.fromEntries(parts.flatMap((part) => Object.entries(part.weights)))),
        state: joined(parts.map((part) => part.state)),
      };
    },
    ...(groups.some(({ optimizer }) => optimizer.finalWeights !== undefined) ? { finalWeights: finalsOf(groups) } : {}),
  };
}

/** What the weights are to be of the optimizers that say it. */
function finalsOf(groups: readonly Group[]): (state: OptimizerState) => Tensors {
  return (state) =>
    Object.fromEntries(
      groups.flatMap(({ optimizer }, index) => Object.entries(optimizer.finalWeights?.(slotsOf(state, index)) ?? {})),
    );
}

function groupsOf(kind: string, first: Optimizer, optimizers: Readonly<Record<string, Optimizer>>): Group[] {
  const entries = Object.entries(optimizers);
  const fits = entries.map(([pattern]) => namePattern(`${kind}:`, pattern, true));
  const chosen = (path: string): number => {
    const exact = entries.findIndex(([pattern]) => pattern === path);
    const found = fits.flatMap((fit, index) => (fit(path) ? [index] : []));
    if (exact >= 0 || found.length < 2) return exact >= 0 ? exact : (found[0] ?? -1);
    const names = found.map((index) => `"${entries[index]?.[0] ?? ""}"`);
    throw new SinterError("option", `${kind}: ${path} fits ${names.join(" and ")}. Let one pattern fit it.`, { path });
  };
  return [first, ...entries.map(([, optimizer]) => optimizer)].map((optimizer, index) => ({
    optimizer,
    ratio: index === 0 ? 1 : ratioOf(kind, optimizer, first),
    owns: (path) => chosen(path) === index - 1,
  }));
}

function ratioOf(kind: string, { learningRate }: Optimizer, first: Optimizer): number {
  if (typeof learningRate === "number" && typeof first.learningRate === "number" && first.learningRate > 0) {
    return learningRate / first.learningRate;
  }
  throw new SinterError("option", `${kind}: a schedule or a rate of 0 among several optimizers. Give each a number.`);
}

function ownedBy(owns: Group["owns"], tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).filter(([path]) => owns(path)));
}

/** In the order of the old ones, so that each takes over the memory of its own. */
function inOrder(olds: Tensors, news: Tensors): Tensors {
  return Object.fromEntries(Object.entries(olds).map(([path, old]) => [path, news[path] ?? old]));
}

/** The states of all, each slot with its optimizer's number. */
function joined(states: readonly OptimizerState[]): OptimizerState {
  return Object.fromEntries(
    states.flatMap((state, index) => Object.entries(state).map(([slot, tensors]) => [`${index}:${slot}`, tensors])),
  );
}

function slotsOf(state: OptimizerState, index: number): OptimizerState {
  const prefix = `${index}:`;
  return Object.fromEntries(
    Object.entries(state).flatMap(([slot, tensors]) =>
      slot.startsWith(prefix) ? [[slot.slice(prefix.length), tensors]] : [],
    ),
  );
}
