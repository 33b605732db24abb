// Einstein's summation: an equation names the axes of tensors by letters; products and sums follow from it. Built from
// dot, sums, reshapes and transposes.

import { SinterError } from "#engine/base/error.ts";
import { shapeText } from "#engine/base/shape.ts";
import { dot } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** A tensor whose axes have names: letters, and for the axes of an ellipsis numbers that count from the last. */
interface Named {
  readonly tensor: Tensor;
  readonly names: readonly string[];
}

/**
 * Sums of products, as NumPy's einsum: axes of one letter run together, letters that the output lacks are summed over.
 * Without `->` the output has the letters that come once, sorted. `...` stands for the axes that are not named.
 * Products are taken from left to right.
 * @param equation such as `bqd,bkd->bqk`; a letter comes once in an operand
 * @returns f32
 * @throws shape where equation and operands do not fit
 * @source NumPy, numpy.einsum
 * @example
 * const product = einsum("ij,jk->ik", ones([2, 3]), ones([3, 4])); // [2, 4]
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  const { inputs, output } = readEquation(equation, operands);
  const [first, ...others] = operands.map((tensor, index): Named => ({ tensor, names: inputs[index] ?? [] }));
  if (first === undefined) throw mistake(equation, "no operands came", "Give one for each part of the equation");
  const product = others.reduce((left, right, index) => {
    const later = inputs.slice(index + 2).flat();
    return contract(equation, left, right, [...output, ...later]);
  }, first);
  const { tensor, names } = summed(product, output);
  return tensor.cast("f32").transpose(output.map((name) => names.indexOf(name)));
}

interface Equation {
  /** Names of each operand's axes. */
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/** @throws shape */
function readEquation(equation: string, operands: readonly Tensor[]): Equation {
  const [left = "", right, ...rest] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  if (rest.length > 0) throw mistake(equation, "it has two arrows", "Write the output once, after ->");
  if (terms.length !== operands.length) {
    throw mistake(equation, `${operands.length} operands came for ${terms.length}`, "Give one for each part");
  }
  const inputs = terms.map((term, index) => namesOf(equation, term, operands[index]?.rank ?? 0));
  const all = inputs.flat();
  const unnamed = [...new Set(all.filter(isUnnamed))].toSorted((a, b) => Number(b) - Number(a));
  const once = all.filter((name) => !isUnnamed(name) && all.indexOf(name) === all.lastIndexOf(name)).toSorted();
  const numUnnamed = right?.includes("...") === true ? unnamed.length : 0;
  const output =
    right === undefined
      ? [...unnamed, ...once]
      : namesOf(equation, right, right.replaceAll("...", "").length + numUnnamed);
  if (right !== undefined && numUnnamed < unnamed.length) {
    throw mistake(equation, "the output lacks ...", "Write it where the unnamed axes go");
  }
  const strange = output.find((name) => !all.includes(name));
  if (strange !== undefined) throw mistake(equation, `no operand has the axis ${strange}`, "Name axes of the operands");
  return { inputs, output };
}

function isUnnamed(name: string): boolean {
  return /^\d+$/.test(name);
}

/** The names of a term's axes. @throws shape */
function namesOf(equation: string, term: string, rank: number): string[] {
  if (!/^[a-z]*(\.\.\.[a-z]*)?$/i.test(term)) {
    throw mistake(equation, `"${term}" is no list of letters`, "Write such as ab,bc->ac or ...ab,bc->...ac");
  }
  const [before = "", after] = term.split("...");
  const letters = Array.from(`${before}${after ?? ""}`);
  const numUnnamed = rank - letters.length;
  if (after === undefined ? numUnnamed !== 0 : numUnnamed < 0) {
    throw mistake(equation, `"${term}" names ${letters.length} axes of an operand of rank ${rank}`, "Name each axis");
  }
  if (new Set(letters).size !== letters.length) {
    throw mistake(equation, `"${term}" has a letter twice`, "Take diagonals beforehand");
  }
  const unnamed = Array.from({ length: numUnnamed }, (_, index) => String(numUnnamed - 1 - index));
  return [...letters.slice(0, before.length), ...unnamed, ...letters.slice(before.length)];
}

/** The product of two, summed over the shared axes that are not kept. */
function contract(equation: string, first: Named, second: Named, kept: readonly string[]): Named {
  const left = summed(spread(first, second), [...kept, ...second.names]);
  const right = summed(spread(second, first), [...kept, ...first.names]);
  const shared = left.names.filter((name) => right.names.includes(name));
  const odd = shared.find((name) => extentOf(left, name) !== extentOf(right, name));
  if (odd !== undefined) {
    const shapes = `${shapeText(first.tensor.shape)} and ${shapeText(second.tensor.shape)}`;
    throw mistake(equation, `axis ${odd} is unequal in ${shapes}`, "Make its extents equal, or 1");
  }
  const batch = shared.filter((name) => kept.includes(name));
  const gone = shared.filter((name) => !kept.includes(name));
  const places = (one: Named, names: readonly string[]): number[] => names.map((name) => one.names.indexOf(name));
  const free = (one: Named): string[] => one.names.filter((name) => !shared.includes(name));
  return {
    tensor: dot(left.tensor, right.tensor, {
      leftContract: places(left, gone),
      rightContract: places(right, gone),
      leftBatch: places(left, batch),
      rightBatch: places(right, batch),
    }),
    names: [...batch, ...free(left), ...free(right)],
  };
}

function extentOf({ tensor, names }: Named, name: string): number {
  return tensor.shape[names.indexOf(name)] ?? 1;
}

/** Without axes of extent 1 that the other spreads over. */
function spread(one: Named, other: Named): Named {
  const isSpread = (name: string): boolean =>
    extentOf(one, name) === 1 && other.names.includes(name) && extentOf(other, name) !== 1;
  return {
    tensor: one.tensor.reshape(one.tensor.shape.filter((_, axis) => !isSpread(one.names[axis] ?? ""))),
    names: one.names.filter((name) => !isSpread(name)),
  };
}

/** Summed over the axes that are not kept. */
function summed({ tensor, names }: Named, kept: readonly string[]): Named {
  const gone = names.flatMap((name, axis) => (kept.includes(name) ? [] : [axis]));
  return gone.length === 0
    ? { tensor, names }
    : { tensor: tensor.sum(gone), names: names.filter((name) => kept.includes(name)) };
}

function mistake(equation: string, what: string, advice: string): SinterError {
  return new SinterError("shape", `einsum: in "${equation}" ${what}. ${advice}.`, { equation });
}
