// The U-Net of DDPM: the noise in pictures, told how much of it there is (Ho, Jain and Abbeel, Denoising diffusion probabilistic
// models, 2020, appendix B).

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import type { Initializer } from "#learning/nn/initializers.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { operationFrom } from "#learning/nn/operations/operation.ts";
import { model } from "#learning/train/functional.ts";
import type { Model } from "#learning/train/model.ts";
import { activated, channelsOf } from "./picture-model.ts";

export interface DdpmUnetOptions {
  /** Height, width, channels; [32, 32, 3]. */
  readonly inputShape?: Shape;
  /** Maps at the pictures' size; 128. */
  readonly filters?: number;
  /** How many times as many maps there are at each size, each half of the one before; [1, 2, 2, 2]. */
  readonly multipliers?: readonly number[];
  /** Residual blocks at each size on the way down, one more on the way up; 2. */
  readonly numBlocks?: number;
  /** Heights at which places attend to each other; [16]. */
  readonly attention?: readonly number[];
  /** Groups that maps are normalized in; 32. */
  readonly groups?: number;
  readonly dropout?: number;
  readonly name?: string;
  /** Of the first weights; 0. */
  readonly seed?: number;
}

interface Settings extends Required<Pick<DdpmUnetOptions, "groups" | "dropout" | "attention" | "numBlocks">> {
  /** Maps at each size. */
  readonly widths: readonly number[];
  readonly time: SymbolicTensor;
}

/** What begins as nothing: a residual branch, the end. */
const nothing: Initializer = { kind: "varianceScaling", scale: 1e-10, mode: "fanAvg", distribution: "uniform" };
const point = { kernelSize: 3, padding: "same" } as const;

/**
 * The noise in pictures: [height, width, channels] and a step [1] (as f32) become [height, width, channels]. As published (32 x 32 x 3) it
 * has 35,746,307 weights.
 * @throws option for pictures that cannot be halved as often, or maps that the groups do not divide
 * @source Ho et al. 2020, appendix B
 */
export function ddpmUnet(options: DdpmUnetOptions = {}): Model {
  checkOptions("ddpmUnet", options, [
    "inputShape",
    "filters",
    "multipliers",
    "numBlocks",
    "attention",
    "groups",
    "dropout",
    "name",
    "seed",
  ]);
  const { inputShape = [32, 32, 3], multipliers = [1, 2, 2, 2], attention = [16], groups = 32, dropout = 0 } = options;
  const filters = integer("ddpmUnet", "filters", options.filters ?? 128);
  const numBlocks = integer("ddpmUnet", "numBlocks", options.numBlocks ?? 2);
  numberWithin("ddpmUnet", "dropout", dropout, 0, 1);
  checkSizes(inputShape, multipliers, filters, groups);
  const picture = layers.input({ shape: inputShape, name: "picture" });
  const step = layers.input({ shape: [1], name: "step" });
  const widths = multipliers.map((multiplier) => multiplier * filters);
  const settings = { groups, dropout, attention, widths, numBlocks, time: timeEmbedding(step, filters) };
  const begin = layers.conv2d({ ...point, filters, name: "begin" }).apply(picture); // [32, 32, 128]
  const beside = down(begin, settings);
  let x = beside.at(-1) ?? begin; // [4, 4, 256]
  x = residual(x, channelsOf(x), "middle_block1", settings);
  x = attended(x, "middle_attention", groups);
  x = residual(x, channelsOf(x), "middle_block2", settings);
  x = swished(up(x, beside, settings), "end", groups);
  const end = { ...point, filters: inputShape[2] ?? 1, kernelInitializer: nothing, name: "noise" };
  const outputs = layers.conv2d(end).apply(x); // [32, 32, 3]
  return model({ inputs: [picture, step], outputs, name: options.name ?? "ddpm_unet", seed: options.seed ?? 0 });
}

/** All maps on the way down, from the finest. */
function down(begin: SymbolicTensor, settings: Settings): SymbolicTensor[] {
  const { widths, numBlocks } = settings;
  const all = [begin];
  let x = begin;
  for (const [level, filters] of widths.entries()) {
    for (let block = 1; block <= numBlocks; block += 1) {
      x = attending(residual(x, filters, `down${level + 1}_block${block}`, settings), settings);
      all.push(x);
    }
    if (level === widths.length - 1) break;
    x = layers.conv2d({ ...point, strides: 2, filters, name: `down${level + 1}_halve` }).apply(x);
    all.push(x);
  }
  return all;
}

/** From the coarsest maps to the finest, each block joined by those of the way down. */
function up(coarsest: SymbolicTensor, beside: readonly SymbolicTensor[], settings: Settings): SymbolicTensor {
  const { widths, numBlocks } = settings;
  const rest = [...beside];
  let x = coarsest;
  for (const [level, filters] of [...widths.entries()].toReversed()) {
    for (let block = 1; block <= numBlocks + 1; block += 1) {
      const name = `up${level + 1}_block${block}`;
      const joined = layers.concatenate({ name: `${name}_concat` }).apply([x, rest.pop() ?? x]);
      x = attending(residual(joined, filters, name, settings), settings);
    }
    if (level === 0) break;
    x = layers.upSampling2d({ size: 2, name: `up${level + 1}_double` }).apply(x);
    x = layers.conv2d({ ...point, filters, name: `up${level + 1}_conv` }).apply(x);
  }
  return x;
}

/** Sines and cosines of the step, at frequencies from 1 down to 1e-4, through two dense layers: [4 · filters]. */
function timeEmbedding(step: SymbolicTensor, filters: number): SymbolicTensor {
  const half = Math.floor(filters / 2);
  const values = Array.from({ length: half }, (_, place) => 10_000 ** (-place / (half - 1)));
  const operation = (name: string, second: object[] = []) =>
    operationFrom({
      operation: name,
      arguments: [{ kind: "input", place: 0 }, ...second],
      name: `time_${name.toLowerCase()}`,
    });
  const phase = operation("Multiply", [{ kind: "constant", dtype: "float32", values }]).apply(step); // [filters / 2]
  let x = layers
    .concatenate({ name: "time_waves" })
    .apply([operation("Sin").apply(phase), operation("Cos").apply(phase)]);
  x = layers.dense({ units: 4 * filters, activation: "swish", name: "time_dense1" }).apply(x);
  return layers.dense({ units: 4 * filters, activation: "swish", name: "time_dense2" }).apply(x);
}

/** Normalized and through swish. */
function swished(x: SymbolicTensor, name: string, groups: number): SymbolicTensor {
  const normal = layers.groupNormalization({ groups, epsilon: 1e-6, name: `${name}_norm` }).apply(x);
  return activated(normal, "swish", `${name}_swish`);
}

/** Two convolutions beside what comes, the time added between them. */
function residual(x: SymbolicTensor, filters: number, name: string, settings: Settings): SymbolicTensor {
  const { groups, dropout, time } = settings;
  let y = layers.conv2d({ ...point, filters, name: `${name}_conv1` }).apply(swished(x, `${name}_1`, groups));
  const shift = layers.dense({ units: filters, name: `${name}_time` }).apply(time);
  const everywhere = layers.reshape({ targetShape: [1, 1, filters], name: `${name}_shift` }).apply(shift);
  y = swished(layers.add({ name: `${name}_timed` }).apply([y, everywhere]), `${name}_2`, groups);
  if (dropout > 0) y = layers.dropout({ rate: dropout, name: `${name}_dropout` }).apply(y);
  y = layers.conv2d({ ...point, filters, kernelInitializer: nothing, name: `${name}_conv2` }).apply(y);
  const isSame = channelsOf(x) === filters;
  const own = isSame ? x : layers.conv2d({ filters, kernelSize: 1, name: `${name}_skip` }).apply(x);
  return layers.add({ name: `${name}_sum` }).apply([own, y]);
}

/** With attention, where the maps are of a height that has it. */
function attending(x: SymbolicTensor, { attention, groups }: Settings): SymbolicTensor {
  const block = x.origin.layer.name?.replace(/_sum$/u, "") ?? "block";
  return attention.includes(x.type.shape[0] ?? 0) ? attended(x, `${block}_attention`, groups) : x;
}

/** Each place looks at all others, beside what comes. */
function attended(x: SymbolicTensor, name: string, groups: number): SymbolicTensor {
  const [height = 1, width = 1, channels = 1] = x.type.shape;
  const normal = layers.groupNormalization({ groups, epsilon: 1e-6, name: `${name}_norm` }).apply(x);
  const places = layers.reshape({ targetShape: [height * width, channels], name: `${name}_places` }).apply(normal);
  const seen = layers.multiHeadAttention({ numHeads: 1, keyDim: channels, name }).apply([places, places]);
  const maps = layers.reshape({ targetShape: x.type.shape, name: `${name}_maps` }).apply(seen);
  return layers.add({ name: `${name}_sum` }).apply([x, maps]);
}

/** @throws option */
function checkSizes(shape: Shape, multipliers: readonly number[], filters: number, groups: number): void {
  integer("ddpmUnet", "groups", groups);
  for (const multiplier of multipliers) integer("ddpmUnet", "multipliers", multiplier);
  const unit = 2 ** (multipliers.length - 1);
  const [height = 0, width = 0, channels = 0] = shape;
  const isFit = [height, width].every((extent) => extent >= unit && extent % unit === 0);
  if (shape.length !== 3 || channels < 1 || !isFit || multipliers.length === 0) {
    throw new SinterError(
      "option",
      `ddpmUnet: inputShape [${shape.join(", ")}]. Give [height, width, channels] of multiples of ${unit}, or fewer multipliers.`,
      { inputShape: shape },
    );
  }
  if (filters % groups === 0 && filters >= 4) return;
  throw new SinterError(
    "option",
    `ddpmUnet: ${filters} filters are not divided by ${groups} groups. Give a multiple of ${groups}, at least 4, or fewer groups.`,
    { filters, groups },
  );
}
