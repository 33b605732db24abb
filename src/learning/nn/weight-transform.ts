// Layers some of whose weights are made of others: of blocks of few bits, or of themselves and a change of low rank. The layer
// knows nothing of it: it declares its weights, and is called with them.

import { BugError, SinterError } from "#engine/base/error.ts";
import { integer, numberWithin } from "#engine/base/options.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { bernoulli, fold } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { initializers } from "./initializers.ts";
import { withWeights, weightOf, type CallContext, type Layer, type Weights, type WeightSpec } from "./layer.ts";
import { matrixRole, type MatrixRole } from "./matrix-weights.ts";
import { hashOf } from "./network.ts";
import { dequantized, partShapes, quantizedKind, type QuantizedKind } from "./quantized-weight.ts";

/** Weights that are stored in blocks: `kernel` becomes `kernel/bytes` and `kernel/scales`. */
export type QuantizedTransform = { readonly kind: QuantizedKind; readonly weights: readonly string[] };

/** Weights to which scale · a · b is added: `kernel` stays, `kernel/loraA` and `kernel/loraB` come. */
export type LowRankTransform = {
  readonly kind: "lora";
  readonly weights: readonly string[];
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  /** Whether the change does not learn. */
  readonly isFrozen: boolean;
};

export type WeightTransform = QuantizedTransform | LowRankTransform;

/** The option under which a layer's configuration keeps them. */
export const transformsOption = "weightTransforms";

/** What a weight is made of, and how. */
interface MadeWeight {
  readonly specs: readonly WeightSpec[];
  readonly value: (weights: Weights, context?: CallContext) => Tensor;
}

/** The transforms of a layer's weights. */
export function transformsOf({ config }: Layer): readonly WeightTransform[] {
  return readTransforms(config.options[transformsOption]);
}

/**
 * The layer with its weights made thus; none gives the layer as it was.
 * @throws option for a weight that is no matrix
 */
export function withTransforms(given: Layer, transforms: readonly WeightTransform[]): Layer {
  const plain = given.untransformed ?? given;
  if (transforms.length === 0) return plain;
  const isAdapted = transforms.some(({ kind }) => kind === "lora");
  const layer = isAdapted ? plain.withTrainable(false) : plain;
  const { kind, options } = layer.config;
  const madeOf = (spec: WeightSpec): MadeWeight => {
    const own = transforms.filter(({ weights }) => weights.includes(spec.name));
    const first: MadeWeight = { specs: [spec], value: (weights) => weightOf(weights, spec.name) };
    return own.reduce((base, transform) => transformed(transform, roleOf(layer, spec), spec, base), first);
  };
  return withWeights(layer, {
    config: { kind, options: { ...options, [transformsOption]: transforms } },
    untransformed: plain,
    weights: (inputs) => layer.weights(inputs).flatMap((spec) => madeOf(spec).specs),
    call: (weights, inputs, context) => {
      const specs = layer.weights(inputs.map(({ shape, dtype }) => ({ shape: shape.slice(1), dtype })));
      const own = specs.map((spec) => [spec.name, madeOf(spec).value(weights, context)]);
      return layer.call(Object.fromEntries(own), inputs, context);
    },
    withTrainable: (trainable) =>
      withTransforms(
        isAdapted ? plain : plain.withTrainable(trainable),
        transforms.map((one) => (one.kind === "lora" ? { ...one, isFrozen: !trainable } : one)),
      ),
  });
}

/** The value that a transformed layer's weight has. @param spec as the layer declares it without transforms */
export function weightValue(layer: Layer, spec: WeightSpec, weights: Weights): Tensor {
  const own = transformsOf(layer).filter((one) => one.weights.includes(spec.name));
  const first: MadeWeight = { specs: [spec], value: () => weightOf(weights, spec.name) };
  return own.reduce((base, transform) => transformed(transform, roleOf(layer, spec), spec, base), first).value(weights);
}

function roleOf({ config }: Layer, { name }: WeightSpec): MatrixRole {
  const role = matrixRole(config, name);
  if (role !== undefined) return role;
  throw new SinterError(
    "option",
    `${config.kind}: its weight ${name} is no matrix that is transformed. Leave it out.`,
    {
      weight: name,
    },
  );
}

function transformed(transform: WeightTransform, role: MatrixRole, spec: WeightSpec, base: MadeWeight): MadeWeight {
  return transform.kind === "lora" ? adapted(transform, role, spec, base) : stored(transform, role, spec);
}

function stored({ kind }: QuantizedTransform, { summedAxis }: MatrixRole, { name, shape }: WeightSpec): MadeWeight {
  const shapes = partShapes(kind, shape, summedAxis);
  if (shapes === undefined) throw new BugError(`Weight ${name} is quantized, but has no whole blocks.`);
  const part = { initializer: initializers.zeros(), trainable: false };
  return {
    specs: [
      { ...part, name: `${name}/bytes`, shape: shapes.bytes, dtype: "u8" },
      { ...part, name: `${name}/scales`, shape: shapes.scales, dtype: "f16" },
    ],
    value: (weights) => {
      const parts = { bytes: weightOf(weights, `${name}/bytes`), scales: weightOf(weights, `${name}/scales`) };
      return dequantized(kind, parts, shape, summedAxis);
    },
  };
}

function adapted(
  { rank, alpha, dropout, isFrozen }: LowRankTransform,
  { numInputAxes }: MatrixRole,
  { name, shape }: WeightSpec,
  base: MadeWeight,
): MadeWeight {
  const [inputs, outputs] = [sizeOf(shape.slice(0, numInputAxes)), sizeOf(shape.slice(numInputAxes))];
  const [nameA, nameB] = [`${name}/loraA`, `${name}/loraB`];
  // The uniform distribution that PEFT begins with: ± 1 / √inputs.
  const first = initializers.varianceScaling({ scale: 1 / 3, mode: "fanIn", distribution: "uniform" });
  const part = { trainable: !isFrozen };
  return {
    specs: [
      ...base.specs.map((spec) => ({ ...spec, trainable: false, regularizer: undefined, constraint: undefined })),
      { ...part, name: nameA, shape: [inputs, rank], initializer: first },
      { ...part, name: nameB, shape: [rank, outputs], initializer: initializers.zeros() },
    ],
    value: (weights, context) => {
      const a = dropped(weightOf(weights, nameA), dropout, nameA, context);
      const change = a.matMul(weightOf(weights, nameB)).mul(alpha / rank);
      return base.value(weights, context).add(change.reshape(shape));
    },
  };
}

/** Some inputs left out of the change, the same for a whole batch; the others grow so that the mean stays. */
function dropped(a: Tensor, rate: number, name: string, context: CallContext | undefined): Tensor {
  if (rate === 0 || context?.training !== true || context.key === undefined) return a;
  const isKept = bernoulli(fold(context.key, hashOf(name)), [a.shape[0] ?? 0, 1], 1 - rate);
  return a.mul(isKept.cast("f32").div(1 - rate));
}

/** Transforms as a model file keeps them. @throws option for what is none */
export function readTransforms(given: unknown): readonly WeightTransform[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw damaged();
  return given.map((one: unknown) => readTransform(one));
}

function readTransform(given: unknown): WeightTransform {
  if (typeof given !== "object" || given === null) throw damaged();
  const { kind, weights, rank, alpha, dropout, isFrozen }: Readonly<Record<string, unknown>> = { ...given };
  if (!Array.isArray(weights) || !weights.every((one) => typeof one === "string")) throw damaged();
  if (kind !== "lora") return { kind: quantizedKind(transformsOption, kind), weights };
  return {
    kind,
    weights,
    rank: integer("lora", "rank", rank),
    alpha: numberWithin("lora", "alpha", alpha),
    dropout: numberWithin("lora", "dropout", dropout, 0, 1),
    isFrozen: isFrozen === true,
  };
}

function damaged(): SinterError {
  return new SinterError(
    "option",
    `${transformsOption}: it is no list of transforms. The file is damaged; save it again.`,
  );
}
