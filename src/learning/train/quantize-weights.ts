// quantizeWeights: the matrices of a model in blocks of 8 or 4 bits.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import { sameShape, shapeText, type Shape } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { QuantizedTensor } from "#learning/formats/quantized-tensor.ts";
import { matrixRole } from "#learning/nn/matrix-weights.ts";
import {
  partShapes,
  quantized,
  quantizedKind,
  type QuantizedKind,
  type QuantizedParts,
} from "#learning/nn/quantized-weight.ts";
import { transformsOf, type WeightTransform } from "#learning/nn/weight-transform.ts";
import type { Model } from "./model.ts";
import { matchesTargets, type Targets } from "./targets.ts";
import { plainValue, plainWeights, setTransforms, type PlainWeight } from "./transform-weights.ts";

export interface QuantizeWeightsOptions {
  /** `q8_0`: 8 bits and a scale for each 32 numbers, 8.5 bits a weight; `q4_0`: 4 bits, 4.5 a weight. */
  readonly kind: QuantizedKind;
  /** Which weights, by parts of their paths: all that can be when left out. */
  readonly targets?: Targets;
  /**
   * Blocks that a file has, by the path of their weight, taken as they are: `readGguf(path, { keepQuantized: true })`. Kernels
   * lie in files as [outputs, inputs], tables as here. Other weights are quantized from what they are.
   */
  readonly blocks?: ReadonlyMap<string, QuantizedTensor>;
}

/**
 * Stores the kernels of dense and attention layers and tables of vectors in blocks of 32 numbers, in place: a quarter of the
 * memory with `q8_0`, an eighth with `q4_0`. Products dequantize in passing; a step of a decoder, which reads every weight
 * once, takes less time, too. Such weights do not learn; `lora` gives the model some that do. Saved and loaded as they are.
 * Weights whose summed axis is no multiple of 32 stay as they were.
 * @returns the same model
 * @throws option where no weight is named, or blocks are of no weight; shape for blocks of another shape
 * @source ggml, block_q8_0 and block_q4_0
 * @example
 * const net = sequential([layers.dense({ units: 64, activation: "relu", inputShape: [128] }), layers.dense({ units: 10 })]);
 * quantizeWeights(net, { kind: "q8_0" });
 */
export function quantizeWeights(model: Model, options: QuantizeWeightsOptions): Model {
  const where = "quantizeWeights";
  checkOptions(where, options, ["kind", "targets", "blocks"]);
  const kind = quantizedKind(where, options.kind);
  const { core } = model;
  const isWanted = matchesTargets(where, options.targets);
  const known = plainWeights(core.network).flatMap((weight) => matrixOf(weight));
  for (const path of options.blocks?.keys() ?? []) checkKnown(path, known);
  const chosen = known.filter(({ weight }) => isWanted(weight.spec.path) || options.blocks?.has(weight.spec.path));
  if (chosen.length === 0) throw nothing(where, known);
  const values: [string, Tensor][] = [];
  const kinds = new Map<string, QuantizedKind>();
  for (const { weight, axis } of chosen) {
    const { path, shape } = weight.spec;
    const own = options.blocks?.get(path);
    const { bytes, scales } =
      own === undefined ? quantized(kind, plainValue(core, weight), axis) : partsOf(own, path, shape, axis);
    kinds.set(path, own?.kind ?? kind);
    values.push([`${path}/bytes`, bytes], [`${path}/scales`, scales]);
  }
  setTransforms(core, ({ layer, name }) => withKinds(transformsOf(layer), name, kinds), Object.fromEntries(values));
  return model;
}

interface Matrix {
  readonly weight: PlainWeight;
  /** Along which its blocks lie. */
  readonly axis: number;
}

/** The weight, where it has whole blocks; nothing where it has none. */
function matrixOf(weight: PlainWeight): Matrix[] {
  const { placed, spec } = weight;
  const axis = matrixRole(placed.layer.config, spec.name)?.summedAxis;
  if (axis === undefined || partShapes("q8_0", spec.shape, axis) === undefined) return [];
  return [{ weight, axis }];
}

function nothing(where: string, known: readonly Matrix[]): SinterError {
  const paths = known.map(({ weight }) => weight.spec.path);
  return new SinterError(
    "option",
    `${where}: no weight is meant. Those with blocks of 32 are ${paths.join(", ") || "none"}. Name parts of their paths in targets.`,
    { paths },
  );
}

function checkKnown(path: string, known: readonly Matrix[]): void {
  if (known.some(({ weight }) => weight.spec.path === path)) return;
  throw nothing(`quantizeWeights: blocks for "${path}", but`, known);
}

/** What a layer's transforms become: weights that are quantized now, and those of before. */
function withKinds(
  before: readonly WeightTransform[],
  layer: string,
  kinds: ReadonlyMap<string, QuantizedKind>,
): WeightTransform[] {
  const named = (weight: string): QuantizedKind | undefined => kinds.get(`${layer}/${weight}`);
  const all = new Map<QuantizedKind, string[]>([
    ["q8_0", []],
    ["q4_0", []],
  ]);
  for (const one of before) {
    if (one.kind !== "lora") all.get(one.kind)?.push(...one.weights.filter((weight) => named(weight) === undefined));
  }
  for (const [path, kind] of kinds) {
    if (path.startsWith(`${layer}/`)) all.get(kind)?.push(path.slice(layer.length + 1));
  }
  const quantizing = Array.from(all, ([kind, weights]) => ({ kind, weights }));
  // Blocks come first: a change of low rank is added to what they hold.
  return [...quantizing.filter(({ weights }) => weights.length > 0), ...before.filter(({ kind }) => kind === "lora")];
}

/** Blocks of a file as the parts of a weight. @throws shape */
function partsOf(blocks: QuantizedTensor, path: string, shape: Shape, axis: number): QuantizedParts {
  const isTable = axis === shape.length - 1;
  const [inputs, outputs] = [shape.slice(0, axis + 1), shape.slice(axis + 1)].map((axes) =>
    axes.reduce((size, extent) => size * extent, 1),
  );
  const expected = isTable ? shape : [outputs ?? 1, inputs ?? 1];
  if (!sameShape(blocks.shape, expected)) {
    throw new SinterError(
      "shape",
      `quantizeWeights: blocks for ${path} are ${shapeText(blocks.shape)}, expected ${shapeText(expected)}. Give those of this weight.`,
      { path, shape: blocks.shape, expected },
    );
  }
  const shapes = partShapes(blocks.kind, shape, axis);
  if (shapes === undefined) throw new SinterError("shape", `quantizeWeights: ${path} holds no whole blocks.`, { path });
  const { bytes, scales } = isTable
    ? blocks
    : {
        bytes: transposed(blocks.bytes, new Uint8Array(blocks.bytes.length), outputs ?? 1),
        scales: transposed(blocks.scales, new Uint16Array(blocks.scales.length), outputs ?? 1),
      };
  return {
    bytes: tensor(bytes, { shape: shapes.bytes, dtype: "u8" }),
    scales: tensor(scales, { shape: shapes.scales, dtype: "f16" }),
  };
}

/** [rows, columns] as [columns, rows], a strip of rows after the other, so that lines of memory are used up. */
function transposed<Data extends Uint8Array | Uint16Array>(data: Data, result: Data, rows: number): Data {
  const columns = data.length / rows;
  const edge = 64;
  for (let top = 0; top < rows; top += edge) {
    for (let place = 0; place < columns * edge; place += 1) {
      // Down a strip of rows, column by column.
      const [row, column] = [top + (place % edge), Math.floor(place / edge)];
      if (row < rows) result[column * rows + row] = data[row * columns + column] ?? 0;
    }
  }
  return result;
}
