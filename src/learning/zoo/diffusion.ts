// Diffusion: a network learns to find the noise in samples, and samples are made by taking it away step by step (Ho, Jain and
// Abbeel, Denoising diffusion probabilistic models, 2020; Nichol and Dhariwal 2021; Song, Meng and Ermon 2021).

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer } from "#engine/base/options.ts";
import { tensor } from "#engine/tensor/create.ts";
import { fold, key, normal, uniform } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";
import type { Weights } from "#learning/nn/layer.ts";
import type { Optimizer } from "#learning/optim/optimizer.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import type { Model } from "#learning/train/model.ts";
import { networkFunction } from "#learning/train/network-function.ts";
import { giveBack, learnerOf, stepNumbers, updated, type Learner, type StepNumbers } from "./learner.ts";

/** "linear" as Ho et al., "cosine" as Nichol and Dhariwal. */
export type NoiseScheduleName = "linear" | "cosine";

/** How much of the noise is added in each step, and how much of the sample is left after it. */
export interface NoiseSchedule {
  /** Variances of the noise, [steps]. */
  readonly betas: Float64Array;
  /** Products of 1 - beta up to each step, [steps]: the sample's share of the variance. */
  readonly alphaBars: Float64Array;
}

/**
 * The numbers of a schedule. Linear: betas from 1e-4 to 0.02 in 1000 steps, larger in fewer so that as much noise is added.
 * Cosine: alphaBars as cos² from 1 to 0, no beta above 0.999.
 * @throws option
 * @source Ho et al. 2020, section 4; Nichol and Dhariwal 2021, equation 17
 */
export function noiseSchedule(name: NoiseScheduleName = "linear", steps = 1000): NoiseSchedule {
  choice("noiseSchedule", "name", name, ["linear", "cosine"]);
  integer("noiseSchedule", "steps", steps, 2);
  const scale = 1000 / steps;
  const linear = (step: number): number => Math.min(0.999, scale * (1e-4 + ((0.02 - 1e-4) * step) / (steps - 1)));
  const left = (time: number): number => Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2;
  const cosine = (step: number): number => Math.min(0.999, 1 - left((step + 1) / steps) / left(step / steps));
  const betas = Float64Array.from({ length: steps }, (_, step) => (name === "linear" ? linear : cosine)(step));
  let product = 1;
  return { betas, alphaBars: betas.map((beta) => (product *= 1 - beta)) };
}

export interface DiffusionOptions {
  /** Takes samples with noise and their steps [batch, 1], and gives the noise: `ddpmUnet(…)`. */
  readonly network: Model;
  readonly schedule?: NoiseScheduleName;
  /** Of the schedule; 1000. */
  readonly steps?: number;
  /** Adam with 2e-4. With `useEma`, for thousands of steps, the samples are made by the average of the weights. */
  readonly optimizer?: Optimizer;
  /** Of noise; 0. */
  readonly seed?: number;
}

export interface SampleOptions {
  /** How many samples. */
  readonly count: number;
  /** "ancestral" adds noise again after each step; "ddim" adds none, and few steps suffice. */
  readonly method?: "ancestral" | "ddim";
  /** Steps of the schedule that are taken, evenly spread; all of them, for "ddim" 50. */
  readonly steps?: number;
  /** The largest number of a sample, the least being its negative; 1, as of pictures. Infinity where there is none: then few steps go astray. */
  readonly largest?: number;
  /** 0. */
  readonly seed?: number;
}

/**
 * A diffusion model: `step` with batches of samples, `finish`, then `sample`.
 * @throws option
 * @source Ho et al. 2020, algorithms 1 and 2
 * @example
 * const model = diffusion({ network: ddpmUnet({ inputShape: [16, 16, 1], filters: 32 }), schedule: "cosine" });
 * for await (const { x } of pictures.batches(0)) model.step(tensor(x.data, { shape: x.shape }).div(127.5).sub(1));
 * model.finish();
 * const drawn = await model.sample({ count: 16, method: "ddim" });
 */
export function diffusion(options: DiffusionOptions): Diffusion {
  return new Diffusion(options);
}

type Step = (
  learner: Learner,
  x: Tensor,
  at: StepNumbers & { readonly key: Tensor },
) => { next: Learner; loss: Tensor };

/** A network that learns to find noise, and makes samples; made by `diffusion`. */
export class Diffusion {
  readonly schedule: NoiseSchedule;
  readonly #network: Model;
  readonly #optimizer: Optimizer;
  readonly #key: Tensor;
  readonly #train: Step;
  #learner: Learner;
  #numSteps = 0;

  constructor(options: DiffusionOptions) {
    checkOptions("diffusion", options, ["network", "schedule", "steps", "optimizer", "seed"]);
    const { network, optimizer = optimizers.adam({ learningRate: 2e-4 }), seed = 0 } = options;
    const numInputs = network.network.inputs.length;
    if (numInputs !== 2) {
      throw new SinterError(
        "option",
        `diffusion: the network has ${numInputs} inputs. Give one that takes samples and their steps, as ddpmUnet does.`,
      );
    }
    this.schedule = noiseSchedule(options.schedule, options.steps);
    [this.#network, this.#optimizer, this.#key] = [network, optimizer, key(seed)];
    const predict = networkFunction(network);
    const alphaBars = tensor(Float32Array.from(this.schedule.alphaBars));
    const body: Step = (learner, x, at) => {
      const ofStep = fold(at.key, at.number);
      const lossOf = (own: Weights): { value: Tensor; aux: Weights } => {
        const apply = (noisy: Tensor, steps: Tensor) =>
          predict.apply({ ...own, ...learner.frozen }, [noisy, steps], { training: true, key: fold(ofStep, 2) });
        return noiseLoss(apply, x, alphaBars, ofStep);
      };
      const { value, gradient, aux } = valueAndGrad<[Weights], Weights>(lossOf)(learner.weights);
      return { next: updated(learner, gradient, aux, { ...at, optimizer }), loss: value };
    };
    this.#train = jit(body, { donate: [0] });
    this.#learner = learnerOf(predict, optimizer);
  }

  /** The network learns from a batch. @param x samples [batch, …] @returns the loss, a scalar; reading it waits */
  step(x: Tensor): Tensor {
    const at = { ...stepNumbers(this.#optimizer, this.#numSteps), key: this.#key };
    const { next, loss } = this.#train(this.#learner, x, at);
    this.#learner = next;
    this.#numSteps += 1;
    return loss;
  }

  /** Gives the network what was learnt. */
  finish(): void {
    giveBack(this.#network, this.#learner, this.#optimizer);
  }

  /** Samples [count, …] that the network makes of noise, with the weights that it has since `finish`. @throws option */
  async sample(options: SampleOptions): Promise<Tensor> {
    checkOptions("sample", options, ["count", "method", "steps", "largest", "seed"]);
    const { method = "ancestral", largest = 1, seed = 0 } = options;
    const count = integer("sample", "count", options.count);
    const isAncestral = choice("sample", "method", method, ["ancestral", "ddim"]) === "ancestral";
    const { alphaBars } = this.schedule;
    const numSteps = integer("sample", "steps", options.steps ?? (isAncestral ? alphaBars.length : 50));
    const places = evenly(alphaBars.length, Math.min(numSteps, alphaBars.length));
    const { weights, frozen, apply } = networkFunction(this.#network);
    const shape = [count, ...this.#network.network.input.shape];
    const denoise = jit((learnt: Weights, x: Tensor, at: Record<"step" | "from" | "to" | "key", Tensor>) => {
      const { output } = apply(learnt, [x, at.step.broadcastTo([count, 1])]);
      const noise = isAncestral ? normal(fold(at.key, at.step), shape) : undefined;
      return denoised({ x, predicted: output, from: at.from, to: at.to, noise, largest });
    });
    const scalar = (value: number): Tensor => tensor(Float32Array.of(value), { shape: [] });
    const [all, own] = [{ ...weights, ...frozen }, fold(key(seed), 1)];
    let x = normal(key(seed), shape);
    for (let place = places.length - 1; place >= 0; place -= 1) {
      const step = places[place] ?? 0;
      const numbers = {
        step: scalar(step),
        from: scalar(alphaBars[step] ?? 1),
        to: scalar(alphaBars[places[place - 1] ?? -1] ?? 1),
      };
      x = denoise(all, x, { ...numbers, key: own });
      if (place % 20 === 0)
        await x
          .slice(
            shape.map(() => 0),
            shape.map(() => 1),
          )
          .data(); // steps wait in memory until they are done
    }
    return x;
  }
}

/** `count` of the numbers below `size`, evenly spread, the last among them. */
function evenly(size: number, count: number): number[] {
  return Array.from({ length: count }, (_, place) => Math.round(((place + 1) * size) / count) - 1);
}

/**
 * The mean squared error of the noise that is found in samples at steps drawn by the key.
 * @source Ho et al. 2020, equation 14
 */
function noiseLoss(
  apply: (noisy: Tensor, steps: Tensor) => { readonly output: Tensor; readonly state: Weights },
  x: Tensor,
  alphaBars: Tensor,
  from: Tensor,
): { value: Tensor; aux: Weights } {
  const [size = 1, ...rest] = x.shape;
  const steps = uniform(fold(from, 0), [size], { high: alphaBars.size }).floor(); // [batch]
  const noise = normal(fold(from, 1), x.shape);
  const left = alphaBars.take(steps.cast("i32")).reshape([size, ...rest.map(() => 1)]);
  const noisy = x.mul(left.sqrt()).add(noise.mul(left.neg().add(1).sqrt()));
  const { output, state } = apply(noisy, steps.reshape([size, 1]));
  return { value: output.sub(noise).square().mean(), aux: state };
}

/** A step back: samples after it, from the noise that was found in them. */
interface Denoising {
  readonly x: Tensor;
  /** The noise in x, of variance 1. */
  readonly predicted: Tensor;
  /** alphaBar of x, and of what is wanted: scalars. */
  readonly from: Tensor;
  readonly to: Tensor;
  /** New noise, of variance 1; none where it is left out. */
  readonly noise: Tensor | undefined;
  readonly largest: number;
}

/**
 * With noise one draw from the posterior q(x at `to` | x at `from`, x0), x0 being what the prediction leaves; without it the step of
 * DDIM.
 * @source Song et al. 2021, equations 12 and 16; with noise it is Ho et al. 2020, equations 6 and 7
 */
export function denoised({ x, predicted, from, to, noise, largest }: Denoising): Tensor {
  const rest = from.neg().add(1);
  const guess = x.sub(predicted.mul(rest.sqrt())).div(from.sqrt());
  const x0 = Number.isFinite(largest) ? guess.clip(-largest, largest) : guess;
  const found = x.sub(x0.mul(from.sqrt())).div(rest.sqrt());
  const restAfter = to.neg().add(1);
  if (noise === undefined) return x0.mul(to.sqrt()).add(found.mul(restAfter.sqrt()));
  const variance = restAfter.div(rest).mul(from.div(to).neg().add(1));
  const kept = restAfter.sub(variance).maximum(0).sqrt();
  return x0.mul(to.sqrt()).add(found.mul(kept)).add(noise.mul(variance.sqrt()));
}
