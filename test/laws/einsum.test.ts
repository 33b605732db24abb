// einsum against sums over every combination of its letters.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { ones } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { einsum } from "#engine/tensor/einsum.ts";
import { distance, read, uniformTensor, uniformValues } from "../golden/golden.ts";

beforeAll(() => useDevice("js", { precision: "f64" }));

type Shapes = readonly (readonly number[])[];

/** The sum of products by its definition; `letters` name every axis. */
function summed(letters: string, shapes: Shapes): number[] {
  const [left = "", output = ""] = letters.split("->");
  const terms = left.split(",");
  const extents = new Map<string, number>();
  terms.forEach((term, index) => {
    Array.from(term).forEach((letter, axis) =>
      extents.set(letter, Math.max(shapes[index]![axis]!, extents.get(letter) ?? 1)),
    );
  });
  const names = [...Array.from(output), ...[...extents.keys()].filter((letter) => !output.includes(letter))];
  const size = (list: readonly string[]): number => list.reduce((product, name) => product * extents.get(name)!, 1);
  const result = Array.from({ length: size(Array.from(output)) }, () => 0);
  const values = shapes.map((shape, index) =>
    uniformValues(
      index + 1,
      shape.reduce((a, b) => a * b, 1),
    ),
  );
  for (let place = 0; place < size(names); place += 1) {
    const at = new Map<string, number>();
    let rest = place;
    for (const name of names.toReversed()) {
      at.set(name, rest % extents.get(name)!);
      rest = Math.floor(rest / extents.get(name)!);
    }
    const product = terms.reduce((so, term, index) => {
      const shape = shapes[index]!;
      // An axis of extent 1 is read at 0 wherever the others are.
      const offset = Array.from(term).reduce(
        (sum, letter, axis) => sum * shape[axis]! + (shape[axis] === 1 ? 0 : at.get(letter)!),
        0,
      );
      return so * values[index]![offset]!;
    }, 1);
    result[Math.floor(place / (size(names) / result.length))]! += product;
  }
  return result;
}

test.each<[equation: string, shapes: Shapes, letters?: string]>([
  [
    "ij,jk->ik",
    [
      [2, 3],
      [3, 4],
    ],
  ],
  [
    "ij,jk",
    [
      [2, 3],
      [3, 4],
    ],
    "ij,jk->ik",
  ],
  [
    "ij,kj->ki",
    [
      [2, 3],
      [4, 3],
    ],
  ],
  [
    "bqd,bkd->bqk",
    [
      [2, 3, 4],
      [2, 5, 4],
    ],
  ],
  [
    "abc,cde->abde",
    [
      [2, 3, 4],
      [4, 2, 3],
    ],
  ],
  [
    "abde,dec->abc",
    [
      [2, 3, 2, 4],
      [2, 4, 5],
    ],
  ],
  [
    "abc,bd->adc",
    [
      [2, 3, 4],
      [3, 5],
    ],
  ],
  ["i,j->ij", [[2], [3]]],
  ["i,i->", [[4], [4]]],
  [
    "ij,ij->ij",
    [
      [2, 3],
      [2, 3],
    ],
  ],
  [
    "ij,kl->ik",
    [
      [2, 3],
      [4, 5],
    ],
  ],
  ["ijk->ki", [[2, 3, 4]]],
  ["ba", [[2, 3]], "ba->ab"],
  [
    "...ij,...jk->...ik",
    [
      [2, 3, 4, 5],
      [2, 3, 5, 2],
    ],
    "abij,abjk->abik",
  ],
  [
    "...ij,jk->...ik",
    [
      [2, 3, 4],
      [4, 2],
    ],
    "aij,jk->aik",
  ],
  [
    "...ij,...jk->...ik",
    [
      [2, 1, 4, 5],
      [3, 5, 2],
    ],
    "abij,bjk->abik",
  ],
  [
    "ab...,bc->ac...",
    [
      [2, 3, 4, 5],
      [3, 6],
    ],
    "abyz,bc->acyz",
  ],
  ["...,...", [[2, 3], [3]], "ab,b->ab"],
  [
    "ij,jk,kl->il",
    [
      [2, 3],
      [3, 4],
      [4, 2],
    ],
  ],
  [
    "ij,ik,il->jkl",
    [
      [2, 3],
      [2, 2],
      [2, 4],
    ],
  ],
  [
    "ij, jk -> ik",
    [
      [1, 1],
      [3, 4],
    ],
    "ij,jk->ik",
  ],
])("%s of %o", async (equation, shapes, letters = equation) => {
  const operands = shapes.map((shape, index) => uniformTensor(index + 1, shape));
  expect(distance(await read(einsum(equation, ...operands)), summed(letters.replaceAll(" ", ""), shapes))).toBeLessThan(
    1e-12,
  );
});

test("integers are multiplied as f32", () => {
  expect(einsum("ij->j", ones([2, 3], { dtype: "i32" })).dtype).toBe("f32");
});

test.each<[equation: string, shapes: Shapes, reason: string]>([
  ["ij,jk->ik", [[2, 3]], "1 operands came for 2"],
  ["ij->ji->ij", [[2, 3]], "two arrows"],
  ["ij->ik", [[2, 3]], "no operand has the axis k"],
  [
    "ij,jk->ik",
    [
      [2, 3],
      [4, 5],
    ],
    "axis j is unequal in [2, 3] and [4, 5]",
  ],
  ["ijk->i", [[2, 3]], '"ijk" names 3 axes of an operand of rank 2'],
  ["ii->i", [[2, 2]], "has a letter twice"],
  ["ij->jj", [[2, 3]], "has a letter twice"],
  ["i.j->i", [[2, 3]], '"i.j" is no list of letters'],
  ["...i->i", [[2, 3]], "the output lacks ..."],
])("%s of %o is refused", (equation, shapes, reason) => {
  expect(() => einsum(equation, ...shapes.map((shape) => ones(shape)))).toThrow(reason);
});
