// What the laws try with loops.

import { apply, type Node } from "#engine/graph/graph.ts";
import type { Case, Primitive, Sample } from "#engine/graph/primitive.ts";
import { add } from "#engine/ops/add.ts";
import { cast } from "#engine/ops/cast.ts";
import { onesLike } from "#engine/ops/constant.ts";
import { dotPrimitive } from "#engine/ops/dot.ts";
import { exp } from "#engine/ops/exp.ts";
import { multiply } from "#engine/ops/multiply.ts";
import { parameter } from "#engine/ops/parameter.ts";
import { below, bits, normal } from "#engine/ops/samples.ts";
import { sin } from "#engine/ops/sin.ts";
import { tanh } from "#engine/ops/tanh.ts";

interface Body {
  readonly next: readonly Node[];
  readonly stacked?: Node;
}

interface Options {
  readonly length: number;
  readonly isReversed?: boolean;
  readonly numConstants?: number;
  readonly numCarries?: number;
}

type Write = (...parameters: Node[]) => Body;

/** A case of a body over samples: constants, carries, then rows. Its result is what is stacked, else the last carry. */
function caseOf(inputs: readonly Sample[], options: Options, write: Write): Case {
  const { length, isReversed = false, numConstants = 0, numCarries = 0 } = options;
  const parameters = inputs.map(({ type }, index) => {
    const isRows = index >= numConstants + numCarries;
    return parameter(isRows ? { dtype: type.dtype, shape: type.shape.slice(1) } : type);
  });
  const { next, stacked } = write(...parameters);
  const outputs = stacked === undefined ? next : [...next, stacked];
  const body = { parameters, outputs, donations: outputs.map(() => -1) };
  return { inputs, attributes: { length, isReversed, numConstants, numCarries, body, result: outputs.length - 1 } };
}

function product(x: Node, w: Node): Node {
  return apply(dotPrimitive, [x, w], { leftContract: [1], rightContract: [0], leftBatch: [], rightBatch: [] });
}

/** tanh(carry · w + row), as a recurrent layer. */
function recurrent(w: Node, carry: Node, row: Node): Node {
  return tanh(add(product(carry, w), row));
}

const layer = [normal([3, 3]), normal([2, 3]), normal([4, 2, 3])];
const layerOptions: Options = { length: 4, numConstants: 1, numCarries: 1 };
const reversed: Options = { ...layerOptions, isReversed: true };

function layerCases(): Case[] {
  return [
    caseOf(layer, layerOptions, (w, carry, row) => ({ next: [recurrent(w, carry, row)] })),
    caseOf(layer, layerOptions, (w, carry, row) => {
      const next = recurrent(w, carry, row);
      return { next: [next], stacked: next };
    }),
    caseOf(layer, reversed, (w, carry, row) => ({ next: [recurrent(w, carry, row)], stacked: carry })),
    caseOf(layer, layerOptions, (w, carry, row) => {
      const next = recurrent(w, carry, row);
      return { next: [next], stacked: multiply(next, exp(carry)) };
    }),
    caseOf(layer, reversed, (w, carry, row) => ({ next: [row], stacked: recurrent(w, carry, row) })),
  ];
}

const vector = normal([3]);
const bytes = { inputs: [bits([3], "u8"), bits([4, 3], "u8")], options: { length: 4, numCarries: 1 } };

/** Carries that change places, a counter, no carries, no rows, one iteration, bytes. */
function shapedCases(): Case[] {
  return [
    caseOf([vector, vector, vector, normal([5, 3])], { length: 5, numConstants: 1, numCarries: 2 }, (c, a, b, row) => ({
      next: [add(b, row), multiply(a, c)],
      stacked: add(a, b),
    })),
    caseOf([below(9, [3]), normal([5, 3])], { length: 5, numCarries: 1 }, (count, row) => ({
      next: [add(count, onesLike(count))],
      stacked: multiply(row, cast(count, "f32")),
    })),
    caseOf([vector, normal([5, 3])], { length: 5, isReversed: true, numConstants: 1 }, (c, row) => ({
      next: [],
      stacked: exp(multiply(c, row)),
    })),
    caseOf([vector, vector], { length: 3, numConstants: 1, numCarries: 1 }, (c, carry) => ({
      next: [sin(multiply(carry, c))],
    })),
    caseOf([vector, normal([1, 3])], { length: 1, numCarries: 1 }, (carry, row) => ({
      next: [multiply(carry, row)],
      stacked: carry,
    })),
    caseOf(bytes.inputs, bytes.options, (carry, row) => ({ next: [row], stacked: carry })),
  ];
}

/** A loop in a loop: its constant is the outer carry, its rows are those of a row. */
function nestedCase(loop: Primitive): Case {
  const options = { length: 2, numCarries: 1 };
  return caseOf([vector, normal([2, 4, 3])], options, (carry, row) => {
    const inner = caseOf(
      [vector, vector, normal([4, 3])],
      { length: 4, numConstants: 1, numCarries: 1 },
      (c, own, x) => ({
        next: [tanh(add(multiply(own, c), x))],
      }),
    );
    const next = apply(loop, [carry, onesLike(carry), row], inner.attributes);
    return { next: [next], stacked: multiply(next, carry) };
  });
}

/** @param loop the primitive */
export function loopCases(loop: Primitive): Case[] {
  return [...layerCases(), ...shapedCases(), nestedCase(loop)];
}

export function loopRejects(): (Case & { readonly code: "shape" | "dtype" | "option" })[] {
  const write: Write = (carry, row) => ({ next: [multiply(carry, row)] });
  const { attributes: loop = {} } = caseOf([vector, normal([4, 3])], { length: 4, numCarries: 1 }, write);
  return [
    { inputs: [normal([2]), normal([4, 3])], attributes: loop, code: "shape" },
    { inputs: [vector, normal([5, 3])], attributes: loop, code: "shape" },
    { inputs: [vector, bits([4, 3])], attributes: loop, code: "dtype" },
    { inputs: [vector, normal([4, 3])], attributes: { ...loop, length: 0 }, code: "option" },
    { inputs: [vector], attributes: loop, code: "option" },
  ];
}
