// Training of two networks against each other: with the losses of DCGAN, or as WGAN-GP (Gulrajani, Ahmed, Arjovsky, Dumoulin and
// Courville, Improved training of Wasserstein GANs, 2017).

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer, numberWithin } from "#engine/base/options.ts";
import { fold, key, normal, uniform } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { grad, jit, valueAndGrad } from "#engine/tensor/transforms.ts";
import type { Weights } from "#learning/nn/layer.ts";
import type { Optimizer } from "#learning/optim/optimizer.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import type { Model } from "#learning/train/model.ts";
import { networkFunction, type NetworkFunction } from "#learning/train/network-function.ts";
import { giveBack, learnerOf, stepNumbers, updated, type Learner, type StepNumbers } from "./learner.ts";

export interface GanOptions {
  /** From noise [batch, …] to what the discriminator takes. */
  readonly generator: Model;
  /** From samples to one number each, without an activation. */
  readonly discriminator: Model;
  /** "crossentropy" as DCGAN; "wasserstein" with a penalty on slopes, for discriminators without batch normalization. */
  readonly loss?: "crossentropy" | "wasserstein";
  /** Of slopes that are not 1, for "wasserstein"; 10. */
  readonly penalty?: number;
  /** Steps of the discriminator for each of the generator; 1, for "wasserstein" 5. */
  readonly discriminatorSteps?: number;
  /** Of both; Adam with 2e-4 and beta1 0.5, for "wasserstein" 1e-4 and betas 0 and 0.9. */
  readonly optimizer?: Optimizer;
  /** Of noise; 0. */
  readonly seed?: number;
}

/** Scalars; read them seldom, since reading waits. */
export interface GanLosses {
  /** Undefined in a step in which only the discriminator learns. */
  readonly generator: Tensor | undefined;
  readonly discriminator: Tensor;
}

/**
 * Training of a generator and its discriminator: call `step` with batches of real samples, then `finish`.
 * @throws option
 * @source Radford et al. 2015; Gulrajani et al. 2017, algorithm 1
 * @example
 * const training = ganTraining({ generator: dcganGenerator(), discriminator: dcganDiscriminator() });
 * for await (const { x } of pictures.batches(0)) training.step(tensor(x.data, { shape: x.shape }).div(127.5).sub(1));
 * training.finish(); // from here on generator.predict has what was learnt
 */
export function ganTraining(options: GanOptions): GanTraining {
  return new GanTraining(options);
}

/** Two networks in training; made by `ganTraining`. */
export class GanTraining {
  readonly #generator: Model;
  readonly #discriminator: Model;
  readonly #optimizer: Optimizer;
  readonly #discriminatorSteps: number;
  readonly #key: Tensor;
  readonly #judging: (judged: Learner, made: Learner, real: Tensor, at: At) => { judged: Learner; loss: Tensor };
  readonly #making: (made: Learner, judged: Learner, real: Tensor, at: At) => { made: Learner; loss: Tensor };
  #made: Learner;
  #judged: Learner;
  #numSteps = 0;

  constructor(options: GanOptions) {
    const { generator, discriminator, loss = "crossentropy", seed = 0 } = options;
    checkOptions("ganTraining", options, [
      "generator",
      "discriminator",
      "loss",
      "penalty",
      "discriminatorSteps",
      "optimizer",
      "seed",
    ]);
    const isWasserstein = choice("ganTraining", "loss", loss, ["crossentropy", "wasserstein"]) === "wasserstein";
    if (isWasserstein) checkCritic(discriminator);
    const penalty = numberWithin("ganTraining", "penalty", options.penalty ?? 10, 0);
    this.#discriminatorSteps = integer(
      "ganTraining",
      "discriminatorSteps",
      options.discriminatorSteps ?? (isWasserstein ? 5 : 1),
    );
    const adam = isWasserstein ? { learningRate: 1e-4, beta1: 0, beta2: 0.9 } : { learningRate: 2e-4, beta1: 0.5 };
    this.#optimizer = options.optimizer ?? optimizers.adam(adam);
    [this.#generator, this.#discriminator, this.#key] = [generator, discriminator, key(seed)];
    const players = { make: networkFunction(generator), judge: networkFunction(discriminator) };
    const game = { ...players, noiseShape: generator.network.input.shape, optimizer: this.#optimizer };
    this.#judging = jit(judging(game, isWasserstein ? penalty : undefined), { donate: [0] });
    this.#making = jit(making(game, isWasserstein), { donate: [0] });
    this.#made = learnerOf(players.make, this.#optimizer);
    this.#judged = learnerOf(players.judge, this.#optimizer);
  }

  /** The discriminator learns, and so does the generator when it is its turn. @param real [batch, …], scaled as the generator's */
  step(real: Tensor): GanLosses {
    const rounds = Math.floor(this.#numSteps / this.#discriminatorSteps);
    const at = { ...stepNumbers(this.#optimizer, this.#numSteps), key: this.#key };
    const { judged, loss } = this.#judging(this.#judged, this.#made, real, at);
    this.#judged = judged;
    this.#numSteps += 1;
    if (this.#numSteps % this.#discriminatorSteps !== 0) return { generator: undefined, discriminator: loss };
    const turn = { ...stepNumbers(this.#optimizer, rounds), key: this.#key };
    const result = this.#making(this.#made, this.#judged, real, turn);
    this.#made = result.made;
    return { generator: result.loss, discriminator: loss };
  }

  /** Gives both models what was learnt. */
  finish(): void {
    giveBack(this.#generator, this.#made, this.#optimizer);
    giveBack(this.#discriminator, this.#judged, this.#optimizer);
  }
}

/** @throws option where samples of a batch are judged together: a slope is then no sample's own */
function checkCritic({ name, network }: Model): void {
  const found = network.layers.find(({ layer }) => layer.config.kind === "batchNormalization");
  if (found === undefined) return;
  throw new SinterError(
    "option",
    `ganTraining: "${name}" has batch normalization ("${found.name}"), but the loss "wasserstein" needs each sample judged for ` +
      'itself. Use layerNormalization; of dcganDiscriminator normalization "layer".',
    { layer: found.name },
  );
}

interface Game {
  readonly make: NetworkFunction;
  readonly judge: NetworkFunction;
  readonly noiseShape: readonly number[];
  readonly optimizer: Optimizer;
}

type At = StepNumbers & { readonly key: Tensor };

/** A key for each thing that a step draws. */
function keysOf({ key: own, number }: At): (part: number) => Tensor {
  const ofStep = fold(own, number);
  return (part) => fold(ofStep, part);
}

/** A step of the discriminator. @param penalty of WGAN-GP; crossentropy where it is left out */
function judging({ make, judge, noiseShape, optimizer }: Game, penalty: number | undefined) {
  return (judged: Learner, made: Learner, real: Tensor, at: At): { judged: Learner; loss: Tensor } => {
    const size = real.shape[0] ?? 1;
    const keyOf = keysOf(at);
    const noise = normal(keyOf(0), [size, ...noiseShape]);
    const fake = make.apply({ ...made.weights, ...made.frozen }, noise, {
      training: true,
      key: fold(at.key, 1),
    }).output;
    const lossOf = (own: Weights): { value: Tensor; aux: Weights } => {
      const verdict = (x: Tensor, frozen: Weights, part: number) =>
        judge.apply({ ...own, ...judged.frozen, ...frozen }, x, { training: true, key: keyOf(part) });
      const ofReal = verdict(real, {}, 2);
      const ofFake = verdict(fake, ofReal.state, 3);
      const aux = { ...ofReal.state, ...ofFake.state };
      if (penalty === undefined) {
        return { value: softplus(ofReal.output.neg()).mean().add(softplus(ofFake.output).mean()), aux };
      }
      const mix = uniform(keyOf(4), [size, ...real.shape.slice(1).map(() => 1)]);
      const slopes = gradientPenalty((x) => verdict(x, {}, 5).output, { real, fake, mix });
      return { value: ofFake.output.mean().sub(ofReal.output.mean()).add(slopes.mul(penalty)), aux };
    };
    const { value, gradient, aux } = valueAndGrad<[Weights], Weights>(lossOf)(judged.weights);
    return { judged: updated(judged, gradient, aux, { ...at, optimizer }), loss: value };
  };
}

/** A step of the generator. */
function making({ make, judge, noiseShape, optimizer }: Game, isWasserstein: boolean) {
  return (made: Learner, judged: Learner, real: Tensor, at: At): { made: Learner; loss: Tensor } => {
    const keyOf = keysOf(at);
    const noise = normal(keyOf(6), [real.shape[0] ?? 1, ...noiseShape]);
    const lossOf = (own: Weights): { value: Tensor; aux: Weights } => {
      const fake = make.apply({ ...own, ...made.frozen }, noise, { training: true, key: keyOf(7) });
      const all = { ...judged.weights, ...judged.frozen };
      const { output } = judge.apply(all, fake.output, { training: true, key: keyOf(8) });
      const value = isWasserstein ? output.mean().neg() : softplus(output.neg()).mean();
      return { value, aux: fake.state };
    };
    const { value, gradient, aux } = valueAndGrad<[Weights], Weights>(lossOf)(made.weights);
    return { made: updated(made, gradient, aux, { ...at, optimizer }), loss: value };
  };
}

/** log(1 + exp(x)): crossentropy of a logit. */
function softplus(x: Tensor): Tensor {
  return x.relu().add(x.abs().neg().exp().log1p());
}

/**
 * How far a critic's slopes are from 1 between real and made samples: the mean of (|∇ critic(x)| - 1)², where
 * x = mix · real + (1 - mix) · fake. Gradients go through it.
 * @param critic one number for each sample; no batch normalization
 * @param samples `real` and `fake` [batch, …] and `mix`, uniform numbers between 0 and 1 that broadcast, [batch, 1, …]
 * @returns scalar
 * @source Gulrajani et al. 2017, equation 3
 */
export function gradientPenalty(
  critic: (x: Tensor) => Tensor,
  { real, fake, mix }: { readonly real: Tensor; readonly fake: Tensor; readonly mix: Tensor },
): Tensor {
  const between = fake.add(real.sub(fake).mul(mix));
  const slopes = grad((x: Tensor) => critic(x).sum())(between);
  const axes = slopes.shape.slice(1).map((_, axis) => axis + 1);
  const norms = slopes.square().sum(axes).add(1e-12).sqrt(); // where there is no slope the root still has one
  return norms.sub(1).square().mean();
}
