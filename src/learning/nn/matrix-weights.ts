// Which weights of a layer are matrices, so that they may be stored in fewer bits or get a low-rank change: those of dense and
// attention layers, and tables of vectors. Knows names and options, no numbers.

import type { ConfigValue } from "#engine/base/options.ts";
import type { LayerConfig } from "./layer.ts";

/** A weight as a matrix. */
export interface MatrixRole {
  /** Leading axes that are its inputs; the others are its outputs. */
  readonly numInputAxes: number;
  /** The axis that products sum over. */
  readonly summedAxis: number;
}

const kernel: MatrixRole = { numInputAxes: 1, summedAxis: 0 };
const table: MatrixRole = { numInputAxes: 1, summedAxis: 1 };
const heads: Readonly<Record<string, MatrixRole>> = {
  "query/kernel": kernel,
  "key/kernel": kernel,
  "value/kernel": kernel,
  "gate/kernel": kernel,
  "attentionOutput/kernel": { numInputAxes: 2, summedAxis: 1 },
};

const roles: Readonly<Record<string, Readonly<Record<string, MatrixRole>>>> = {
  dense: { kernel },
  embedding: { embeddings: table },
  reversibleEmbedding: { embeddings: table, reverseEmbeddings: kernel },
  multiHeadAttention: heads,
  groupQueryAttention: heads,
};

/** What a weight of a layer is; undefined for what is no matrix. Weights of layers inside others are found, too. */
export function matrixRole({ kind, options }: LayerConfig, weight: string): MatrixRole | undefined {
  const { layer, layers, equation } = options;
  if (isConfig(layer)) return matrixRole(layer, weight);
  if (isList(layers)) {
    const owner = layers.filter(isConfig).find((one) => weight.startsWith(`${nameOf(one)}/`));
    return owner && matrixRole(owner, weight.slice(nameOf(owner).length + 1));
  }
  if (kind === "einsumDense") return weight === "kernel" && typeof equation === "string" ? roleIn(equation) : undefined;
  return roles[kind]?.[weight];
}

function nameOf({ options: { name } }: LayerConfig): string {
  return typeof name === "string" ? name : "";
}

/** Of an equation's kernel, where the letters that are summed come first. */
function roleIn(equation: string): MatrixRole | undefined {
  const [, letters = "", output = ""] = /,([a-z]+)->([a-z.]+)$/iu.exec(equation.replaceAll(" ", "")) ?? [];
  const isOutput = letters.split("").map((letter) => output.includes(letter));
  const numInputAxes = isOutput.indexOf(true);
  const areFirst = isOutput.slice(Math.max(0, numInputAxes)).every(Boolean);
  return numInputAxes > 0 && areFirst ? { numInputAxes, summedAxis: numInputAxes - 1 } : undefined;
}

function isList(value: ConfigValue): value is readonly ConfigValue[] {
  return Array.isArray(value);
}

function isConfig(value: ConfigValue): value is LayerConfig & { readonly [name: string]: ConfigValue } {
  if (typeof value !== "object" || value === null || isList(value)) return false;
  return typeof value["kind"] === "string" && typeof value["options"] === "object" && value["options"] !== null;
}
