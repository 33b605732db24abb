// Muon: matrices step by the nearest orthogonal matrix of their momentum, all other weights by AdamW.

import { namePattern } from "#engine/base/name-pattern.ts";
import { integer, numberWithin, type ConfigValue } from "#engine/base/options.ts";
import { full, zerosLike } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { makeOptimizer, type Optimizer, type OptimizerOptions, type Tensors } from "./optimizer.ts";
import { flushTiny, numbersOf, type WeightStep } from "./rule.ts";

export interface MuonOptions extends OptimizerOptions {
  /** Of the weights that AdamW steps. */
  readonly adamBeta1?: number;
  readonly adamBeta2?: number;
  /** Share of AdamW's weights that every step takes away; 0.004 by default, as `weightDecay` of the matrices. */
  readonly adamWeightDecay?: number | null;
  readonly epsilon?: number;
  /** Regular expressions that repeat no group: a weight whose path one of them matches is AdamW's. Name the output layer. */
  readonly excludeLayers?: readonly string[] | null;
  /** Whether embeddings are AdamW's; true by default. */
  readonly excludeEmbeddings?: boolean;
  /** Coefficients of the iteration a x + b x³ + c x⁵. */
  readonly muonA?: number;
  readonly muonB?: number;
  readonly muonC?: number;
  /** AdamW's rate in units of the rate. */
  readonly adamLrRatio?: number;
  readonly momentum?: number;
  /** Steps of the iteration; 5 by default. */
  readonly nsSteps?: number;
  readonly nesterov?: boolean;
  /** Steps of matrices are scaled by it and the root of their longer side; null leaves them as they are; 0.2 by default. */
  readonly rmsRate?: number | null;
}

type MuonConfig = Required<Omit<MuonOptions, Exclude<keyof OptimizerOptions, "weightDecay">>> & {
  readonly excludeLayers: readonly string[];
  readonly weightDecay: number | null;
};

/**
 * Matrices: m ← momentum · m + g; w ← w - rate · rmsRate · √max(rows, columns) · orthogonal(g + momentum · m). Others: AdamW. Rate
 * 0.001, weightDecay 0.004. State: momentum, of AdamW's weights velocity.
 * @throws option for an excludeLayers that is no regular expression that is taken
 * @source Jordan et al. 2024, Muon; Liu et al. 2025, Muon is scalable for LLM training; Keras 3, optimizers/muon.py
 */
export function muon(options: MuonOptions = {}): Optimizer {
  const config = checkMuon(options);
  const isAdams = adamsWeights(config);
  const { adamBeta1, adamBeta2, adamLrRatio } = config;
  const stored: Readonly<Record<string, ConfigValue>> = { ...config };
  return makeOptimizer({
    kind: "muon",
    options: { ...options, weightDecay: config.weightDecay },
    learningRate: 0.001,
    config: stored,
    slots: ["momentum", "velocity"],
    initial: { velocity: (weight, path) => (isAdams(weight, path) ? zerosLike(weight) : undefined) },
    weightDecayOf: (weight, path) => (isAdams(weight, path) ? config.adamWeightDecay : config.weightDecay),
    scalars: (learningRate, step) => {
      const time = step.add(1).cast("f32");
      const correctionOf = (beta: number): Tensor => full([], beta).pow(time).neg().add(1);
      const alpha = learningRate.mul(adamLrRatio).mul(correctionOf(adamBeta2).sqrt()).div(correctionOf(adamBeta1));
      return { learningRate, alpha };
    },
    step: (weight, gradient, slots, { learningRate, alpha }, path) =>
      isAdams(weight, path)
        ? adamStep(config, { weight, gradient, slots, alpha })
        : muonStep(config, { weight, gradient, slots, alpha: learningRate }),
  });
}

function checkMuon(options: MuonOptions): MuonConfig {
  const read = numbersOf("muon", options);
  const coefficient = (name: "muonA" | "muonB" | "muonC", standard: number): number =>
    numberWithin("muon", name, options[name] ?? standard);
  const orNull = (name: "weightDecay" | "adamWeightDecay" | "rmsRate", standard: number): number | null =>
    options[name] === null ? null : read(name, standard);
  return {
    adamBeta1: read("adamBeta1", 0.9, 1),
    adamBeta2: read("adamBeta2", 0.999, 1),
    adamWeightDecay: orNull("adamWeightDecay", 0.004),
    weightDecay: orNull("weightDecay", 0.004),
    epsilon: read("epsilon", 1e-7),
    excludeLayers: [...(options.excludeLayers ?? [])],
    excludeEmbeddings: options.excludeEmbeddings ?? true,
    muonA: coefficient("muonA", 3.4445),
    muonB: coefficient("muonB", -4.775),
    muonC: coefficient("muonC", 2.0315),
    adamLrRatio: read("adamLrRatio", 1),
    momentum: read("momentum", 0.95, 1),
    nsSteps: integer("muon", "nsSteps", options.nsSteps ?? 5, 0),
    nesterov: options.nesterov ?? true,
    rmsRate: orNull("rmsRate", 0.2),
  };
}

function adamsWeights({ excludeLayers, excludeEmbeddings }: MuonConfig): (weight: Tensor, path: string) => boolean {
  const patterns = excludeLayers.map((text) => namePattern("muon: excludeLayers", text));
  return (weight, path) =>
    weight.rank !== 2 ||
    (excludeEmbeddings && path.toLowerCase().includes("embedding")) ||
    patterns.some((isIn) => isIn(path));
}

interface StepInputs {
  readonly weight: Tensor;
  readonly gradient: Tensor;
  readonly slots: Tensors;
  readonly alpha: Tensor;
}

function adamStep({ adamBeta1, adamBeta2, epsilon }: MuonConfig, inputs: StepInputs): WeightStep {
  const { weight, gradient, slots, alpha } = inputs;
  const { momentum: m = zerosLike(weight), velocity: v = zerosLike(weight) } = slots;
  const momentum = flushTiny(m.add(gradient.sub(m).mul(1 - adamBeta1)));
  const change = gradient.square().sub(v);
  const velocity = flushTiny(v.add(change.mul(1 - adamBeta2)));
  return {
    weight: weight.sub(momentum.mul(alpha).div(velocity.sqrt().add(epsilon))),
    slots: { momentum, velocity },
  };
}

function muonStep(config: MuonConfig, { weight, gradient, slots, alpha }: StepInputs): WeightStep {
  const { momentum: share, nesterov, rmsRate } = config;
  const { momentum: before = zerosLike(weight) } = slots;
  const momentum = flushTiny(before.mul(share).add(gradient));
  const direction = orthogonal(config, nesterov ? gradient.add(momentum.mul(share)) : momentum);
  const scale = rmsRate === null ? 1 : Math.sqrt(Math.max(...weight.shape)) * rmsRate;
  return { weight: weight.sub(direction.mul(alpha.mul(scale))), slots: { momentum } };
}

/** Singular values brought near 1 by the iteration X ← a X + (b X Xᵀ + c (X Xᵀ)²) X. */
function orthogonal({ muonA, muonB, muonC, nsSteps }: MuonConfig, matrix: Tensor): Tensor {
  const [numRows = 1, numColumns = 1] = matrix.shape;
  const isTall = numRows > numColumns;
  const wide = isTall ? matrix.transpose() : matrix;
  let x = wide.div(wide.square().sum().sqrt().add(1e-7));
  for (let step = 0; step < nsSteps; step += 1) {
    const gram = x.matMul(x.transpose());
    x = x.mul(muonA).add(gram.mul(muonB).add(gram.matMul(gram).mul(muonC)).matMul(x));
  }
  return isTall ? x.transpose() : x;
}
