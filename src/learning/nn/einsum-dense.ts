// A dense layer whose product is written as an equation: which axes are summed, and where the new ones go.

import { SinterError } from "#engine/base/error.ts";
import { shapeText, type Shape } from "#engine/base/shape.ts";
import { einsum } from "#engine/tensor/einsum.ts";
import { withoutUndefined } from "./dense.ts";
import type { Initializer } from "./initializers.ts";
import { checkKernelOptions, finish, kernelOptions, type KernelConfig, type KernelOptions } from "./kernel-weights.ts";
import { makeLayer, single, weightOf, type Layer, type WeightSpec } from "./layer.ts";
import { integer } from "#engine/base/options.ts";

export interface EinsumDenseOptions extends Omit<KernelOptions, "useBias"> {
  /** `ab,bc->ac`, `...ab,bc->...ac` or `ab...,bc->ac...`: the axes of a batch, of the kernel and of the output. */
  readonly equation: string;
  /**
   * Extents of the output's axes that have letters, without the batch; null for an axis that the input has too. One
   * number for one axis.
   */
  readonly outputShape: number | readonly (number | null)[];
  /** Letters of the output's axes along which a bias is added; no bias where left out. */
  readonly biasAxes?: string | null | undefined;
}

const kind = "einsumDense";

/**
 * activation(einsum(equation, x, kernel) + bias).
 * Weights: kernel [extents of its letters], and where asked for bias [the output's axes from the first of `biasAxes` on,
 * 1 for the others]. Cost: 2 flops for each combination of the equation's letters.
 * @throws option for an equation that is none
 * @source Keras 3, layers.EinsumDense
 * @example
 * // To 8 heads of 64 numbers each.
 * const heads = layers.einsumDense({ equation: "abc,cde->abde", outputShape: [null, 8, 64], biasAxes: "de" });
 */
export function einsumDense(options: EinsumDenseOptions): Layer {
  const equation = readEquation(options.equation);
  const outputShape = [options.outputShape]
    .flat()
    .map((one) => (one === null ? null : integer(kind, "outputShape", one)));
  const biasAxes = checkBiasAxes(equation, options.biasAxes);
  const { useBias: _, ...kernel } = checkKernelOptions(kind, options);
  return makeLayer({
    kind,
    className: "EinsumDense",
    options,
    known: ["equation", "outputShape", "biasAxes", ...kernelOptions.filter((name) => name !== "useBias")],
    config: { equation: options.equation, outputShape, ...withoutUndefined({ biasAxes, ...kernel }) },
    weights: (inputs) => {
      const letters = resolve(equation, single(inputs, kind).shape, outputShape, kind);
      return specsOf(kernel, equation, letters, biasAxes);
    },
    outputTypes: (inputs, label) => {
      const { shape } = single(inputs, label);
      const { output, unnamed } = resolve(equation, shape, outputShape, label);
      const named = equation.output.map((letter) => output.get(letter) ?? 1);
      const all = equation.side === "left" ? [...unnamed, ...named] : [...named, ...unnamed];
      return [{ shape: all.slice(1), dtype: "f32" }];
    },
    call: (weights, inputs) => {
      const product = einsum(options.equation, single(inputs, kind), weightOf(weights, "kernel"));
      return finish({ ...kernel, useBias: biasAxes !== undefined }, weights, product);
    },
  });
}

interface Equation {
  readonly input: readonly string[];
  readonly kernel: readonly string[];
  readonly output: readonly string[];
  /** Where the axes without letters are. */
  readonly side: "left" | "right" | "none";
}

const forms = /^(\.\.\.)?([a-z]+)(\.\.\.)?,([a-z]+)->(\.\.\.)?([a-z]+)(\.\.\.)?$/i;

/** @throws option */
function readEquation(text: unknown): Equation {
  const [, left, input = "", right, kernel = "", leftAgain, output = "", rightAgain] =
    (typeof text === "string" ? forms.exec(text.replaceAll(" ", "")) : null) ?? [];
  const isFitting = left === leftAgain && right === rightAgain && (left === undefined || right === undefined);
  if (input === "" || !isFitting) {
    throw new SinterError(
      "option",
      `${kind}: equation "${String(text)}" is none. Write such as ab,bc->ac, ...ab,bc->...ac or ab...,bc->ac...`,
      { equation: text },
    );
  }
  const side = left !== undefined ? "left" : right !== undefined ? "right" : "none";
  const equation = { input: Array.from(input), kernel: Array.from(kernel), output: Array.from(output), side } as const;
  checkLetters(equation, String(text));
  return equation;
}

function checkLetters({ input, kernel, output, side }: Equation, text: string): void {
  const lost = kernel.find((letter) => !input.includes(letter) && !output.includes(letter));
  if (lost !== undefined) throw mistake(text, `the kernel's ${lost} is in neither input nor output`);
  const strange = output.find((letter) => !input.includes(letter) && !kernel.includes(letter));
  if (strange !== undefined) throw mistake(text, `the output's ${strange} is in neither input nor kernel`);
  const [batch = ""] = input;
  if (side !== "left" && (output[0] !== batch || kernel.includes(batch))) {
    throw mistake(text, `the batch ${batch} does not stay the output's first axis`);
  }
}

function mistake(equation: string, what: string): SinterError {
  return new SinterError("option", `${kind}: in equation "${equation}" ${what}. Name its axes as in ab,bc->ac.`, {
    equation,
  });
}

/** @throws option */
function checkBiasAxes({ output }: Equation, biasAxes: string | null | undefined): string | undefined {
  if (biasAxes === undefined || biasAxes === null) return undefined;
  const strange = Array.from(biasAxes).find((letter) => !output.includes(letter));
  if (strange === undefined && biasAxes !== "") return biasAxes;
  throw new SinterError(
    "option",
    `${kind}: biasAxes "${biasAxes}" must be letters of the output's ${output.join("")}. Leave it out for no bias.`,
    { biasAxes },
  );
}

/** What the letters stand for. Extents of the batch are -1. */
interface Letters {
  readonly input: ReadonlyMap<string, number>;
  readonly output: ReadonlyMap<string, number>;
  /** Extents of the axes without letters. */
  readonly unnamed: readonly number[];
}

/** @throws shape where input or outputShape do not fit */
function resolve(
  { input: letters, kernel, output: outputLetters, side }: Equation,
  sample: Shape,
  outputShape: readonly (number | null)[],
  label: string,
): Letters {
  const shape = [-1, ...sample];
  const numUnnamed = shape.length - letters.length;
  if (side === "none" ? numUnnamed !== 0 : numUnnamed < 0) {
    throw misfit(label, sample, `does not have the axes ${letters.join("")}`, "Change the equation, or use ...");
  }
  const from = side === "left" ? numUnnamed : 0;
  const [first = ""] = letters;
  if (from === 0 && (outputLetters[0] !== first || kernel.includes(first))) {
    throw misfit(label, sample, `leaves no axis for ...`, "Name the batch in the equation");
  }
  const input = new Map(letters.map((letter, axis) => [letter, shape[from + axis] ?? 1]));
  const unnamed = side === "left" ? shape.slice(0, from) : shape.slice(letters.length);
  // Without an axis in the ellipsis the batch is the first letter.
  const asked = from > 0 ? outputShape : [-1, ...outputShape];
  const wanted = outputLetters.length - asked.length;
  if (wanted !== 0) {
    throw misfit(label, sample, `needs outputShape of ${outputShape.length + wanted} extents`, "Give each axis");
  }
  const extentOf = (letter: string, axis: number): number => {
    const own = input.get(letter);
    const extent = asked[axis] ?? own;
    if (extent === undefined) throw misfit(label, sample, `leaves ${letter} open`, "Give its extent in outputShape");
    if (own === undefined || own === extent) return extent;
    throw misfit(label, sample, `has ${own} places on ${letter}, outputShape ${extent}`, "Write null there");
  };
  const output = new Map(outputLetters.map((letter, axis) => [letter, extentOf(letter, axis)]));
  return { input, output, unnamed };
}

function misfit(label: string, sample: Shape, what: string, advice: string): SinterError {
  return new SinterError("shape", `${label}: input [batch, ${shapeText(sample).slice(1, -1)}] ${what}. ${advice}.`, {
    sample,
  });
}

/** Counts a kernel's inputs and outputs as Keras: an axis that the output has is one of its outputs. */
function withFans(
  initializer: Initializer,
  kernel: readonly string[],
  output: ReadonlyMap<string, number>,
): Initializer {
  if (initializer.kind !== "varianceScaling") return initializer;
  const axes = [...kernel.keys()];
  const isOutput = (axis: number): boolean => output.has(kernel[axis] ?? "");
  const { inputAxes = axes.filter((axis) => !isOutput(axis)), outputAxes = axes.filter(isOutput) } = initializer;
  return { ...initializer, inputAxes, outputAxes };
}

function specsOf(
  kernel: Omit<KernelConfig, "useBias">,
  equation: Equation,
  { input, output, unnamed }: Letters,
  biasAxes: string | undefined,
): WeightSpec[] {
  const shape = equation.kernel.map((letter) => output.get(letter) ?? input.get(letter) ?? 1);
  const initializer = withFans(kernel.kernelInitializer, equation.kernel, output);
  const first = { name: "kernel", shape, initializer, regularizer: kernel.kernelRegularizer, trainable: true };
  if (biasAxes === undefined) return [first];
  const letters = equation.output.slice(equation.output.findIndex((letter) => biasAxes.includes(letter)));
  const named = letters.map((letter) => (biasAxes.includes(letter) ? (output.get(letter) ?? 1) : 1));
  const { biasInitializer, biasRegularizer } = kernel;
  const bias = {
    name: "bias",
    shape: equation.side === "left" ? named : [...named, ...unnamed.map(() => 1)],
    initializer: biasInitializer,
    regularizer: biasRegularizer,
  };
  return [first, { ...bias, trainable: true }];
}
