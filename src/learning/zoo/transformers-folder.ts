// A model's folder as Hugging Face's transformers writes it: config.json, and weights by their names there. Trusts nothing.

import { SinterError, messageOf } from "#engine/base/error.ts";
import { isRecord } from "#engine/base/is-record.ts";
import { sameShape, shapeText, sizeOf } from "#engine/base/shape.ts";
import type { ConfigValue } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { readTensors } from "#learning/formats/read-tensors.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import type { Activation } from "#learning/nn/activations.ts";
import type { Weights } from "#learning/nn/layer.ts";
import type { Network, PlacedWeight } from "#learning/nn/network.ts";

/** The fields of a config.json, each checked as it is asked for. */
export class TransformersConfig {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #file: string;

  /** @throws format when it is no object */
  constructor(fields: unknown, file: string) {
    if (!isRecord(fields)) throw wrong(file, "the root is no object");
    this.#fields = fields;
    this.#file = file;
  }

  /** @throws format where it is another kind of model */
  expectType(types: readonly string[]): void {
    const type = this.#fields["model_type"];
    if (typeof type === "string" && types.includes(type)) return;
    throw wrong(this.#file, `model_type is ${JSON.stringify(type ?? null)}, expected ${types.join(" or ")}`);
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined && this.#fields[name] !== null;
  }

  number(name: string, standard: number): number {
    const value = this.has(name) ? this.#fields[name] : standard;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw wrong(this.#file, `${name} is no number`);
  }

  text(name: string, standard: string): string {
    const value = this.has(name) ? this.#fields[name] : standard;
    if (typeof value === "string") return value;
    throw wrong(this.#file, `${name} is no text`);
  }

  flag(name: string, standard: boolean): boolean {
    const value = this.has(name) ? this.#fields[name] : standard;
    if (typeof value === "boolean") return value;
    throw wrong(this.#file, `${name} is neither true nor false`);
  }

  /** A field as it is. */
  value(name: string): unknown {
    return this.#fields[name];
  }
}

/** @throws file when it is not there; format when it is no config.json */
export async function readTransformersConfig(folder: string): Promise<TransformersConfig> {
  const { files } = platform();
  const isFile = (await files.stat(folder))?.kind === "file";
  const file = isFile ? folder.replace(/[^/\\]*$/u, "config.json") : `${folder}/config.json`;
  if ((await files.stat(file)) === undefined) {
    throw new SinterError(
      "file",
      `"${folder}" has no config.json. Give a folder as transformers writes it: config.json beside model.safetensors.`,
      { folder },
    );
  }
  return new TransformersConfig(parseJson(await files.read(file), file), file);
}

function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return value;
  } catch (error) {
    throw wrong(file, `it is no JSON (${messageOf(error)})`);
  }
}

const activations: Readonly<Record<string, Activation>> = {
  gelu: "gelu",
  gelu_new: { kind: "gelu", approximate: true },
  gelu_pytorch_tanh: { kind: "gelu", approximate: true },
  gelu_fast: { kind: "gelu", approximate: true },
  relu: "relu",
  silu: "silu",
  swish: "silu",
  tanh: "tanh",
};

/** An activation by transformers' name. @throws format for one that is none of them */
export function activationIn(field: string, name: string): Activation {
  const found = Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (found !== undefined) return found;
  throw wrong("config.json", `${field} is "${name}", expected ${Object.keys(activations).join(", ")}`);
}

/** transformers' name of an activation that a layer's options hold. @throws option for one that it has not */
export function activationNameOf(activation: ConfigValue): string {
  const text = (value: ConfigValue): string =>
    isRecord(value) && value["approximate"] !== true ? JSON.stringify(value["kind"]) : JSON.stringify(value);
  const found = Object.keys(activations).find((name) => text(activations[name]) === text(activation));
  if (found !== undefined) return found;
  throw new SinterError(
    "option",
    `The activation ${JSON.stringify(activation)} has no name in transformers. Use gelu.`,
  );
}

/** Names of the classes of a classifier, in their order; nothing where the model is none. */
export function classNamesIn(config: TransformersConfig): readonly string[] | undefined {
  const architectures = config.value("architectures");
  const isClassifier =
    Array.isArray(architectures) && architectures.some((one) => String(one).endsWith("Classification"));
  if (!isClassifier) return undefined;
  const names = config.value("id2label");
  if (!isRecord(names)) return ["LABEL_0", "LABEL_1"];
  return Object.keys(names)
    .toSorted((a, b) => Number(a) - Number(b))
    .map((id) => String(names[id]));
}

/** How the weights of a network are named in the file. */
export interface WeightNaming {
  readonly nameOf: (path: string) => string;
  /** What all names may begin with besides, the first that fits: "" and "bert.". */
  readonly prefixes: readonly string[];
  /** Whether a weight that is not there, or has another shape, stays as it is. */
  readonly isOptional: (path: string) => boolean;
}

/**
 * Weights of a network by path, from model.safetensors (one or several) or pytorch_model.bin: f32, products turned to
 * [inputs, outputs].
 * @param folder or a file
 * @throws file when there are none; format where one is missing or has another shape
 */
export async function readTransformersWeights(
  folder: string,
  network: Network,
  { nameOf, prefixes, isOptional }: WeightNaming,
): Promise<Weights> {
  const { tensors } = await readTensors(await weightFile(folder), { float64: "round" });
  const [first] = network.weights;
  const prefix = prefixes.find((one) => first !== undefined && tensors.has(one + nameOf(first.path))) ?? "";
  const found: [string, Tensor][] = [];
  for (const weight of network.weights) {
    const name = nameOf(weight.path);
    // A head stands beside the model, without its prefix.
    const stored = tensors.get(prefix + name) ?? tensors.get(name) ?? tensors.get(prefix + olderName(name));
    const isFitting = stored !== undefined && fits(weight, stored);
    if (!isFitting && isOptional(weight.path)) continue;
    if (stored === undefined) throw wrong(folder, `it has no tensor ${prefix}${name}`);
    if (!isFitting) {
      throw wrong(folder, `${name} is ${shapeText(stored.shape)}, but ${weight.path} is ${shapeText(weight.shape)}`);
    }
    found.push([weight.path, turned(weight, stored)]);
  }
  return Object.fromEntries(found);
}

/** Files of before 2019 call them gamma and beta. */
function olderName(name: string): string {
  return name.replace(/LayerNorm\.weight$/u, "LayerNorm.gamma").replace(/LayerNorm\.bias$/u, "LayerNorm.beta");
}

async function weightFile(folder: string): Promise<string> {
  const { files } = platform();
  if ((await files.stat(folder))?.kind === "file") return folder;
  const names = ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"];
  for (const name of names) {
    const path = `${folder}/${name}`;
    // oxlint-disable-next-line no-await-in-loop -- the first that is there
    if ((await files.stat(path)) !== undefined) return path;
  }
  throw new SinterError("file", `"${folder}" has no weights. Put one of ${names.join(", ")} there.`, { folder });
}

const isKernel = ({ path }: PlacedWeight): boolean => /\/(?:kernel|reverseEmbeddings)$/u.test(path);

/** Whether the numbers are as many, and those of a product are a matrix with its inputs. */
function fits(weight: PlacedWeight, { shape }: StoredTensor): boolean {
  if (sizeOf(shape) !== sizeOf(weight.shape)) return false;
  if (!isKernel(weight)) return shape.length === 1 || sameShape(shape, weight.shape);
  const [outputs = 0, inputs = 0] = shape;
  const isSplit = (extent: number, axes: readonly number[]): boolean => sizeOf(axes) === extent;
  return (
    shape.length === 2 &&
    weight.shape.some(
      (_, at) => at > 0 && isSplit(inputs, weight.shape.slice(0, at)) && isSplit(outputs, weight.shape.slice(at)),
    )
  );
}

/** As sinter lays it out; PyTorch's products are [outputs, inputs]. */
function turned(weight: PlacedWeight, { data, shape, dtype }: StoredTensor): Tensor {
  const values = tensor(data, { shape, dtype }).cast("f32");
  return (isKernel(weight) ? values.transpose() : values).reshape([...weight.shape]);
}

/** A weight as PyTorch lays it out: products [outputs, inputs], biases of heads in a row. */
export async function storedAsThere(path: string, value: Tensor): Promise<StoredTensor> {
  const { shape } = value;
  if (path.endsWith("/bias")) return { dtype: "f32", shape: [value.size], data: await value.data() };
  if (!path.endsWith("/kernel")) return { dtype: "f32", shape, data: await value.data() };
  const numInputs = path.endsWith("/attentionOutput/kernel") ? value.size / (shape.at(-1) ?? 1) : (shape[0] ?? 1);
  const turned = value.reshape([numInputs, value.size / numInputs]).transpose();
  return { dtype: "f32", shape: turned.shape, data: await turned.data() };
}

function wrong(file: string, what: string): SinterError {
  return new SinterError("format", `"${file}": ${what}. Give a model that transformers wrote, whole and undamaged.`, {
    file,
  });
}
