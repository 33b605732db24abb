// Dense layers of equations against Keras, in float64.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { key } from "#engine/tensor/random.ts";
import { initializers, initialValue, type Initializer } from "#learning/nn/initializers.ts";
import { layerFromConfig } from "#learning/nn/layers.ts";
import { read, readGolden } from "./golden.ts";
import { checkLayerCase, type LayerCase } from "./layer-case.ts";

beforeAll(() => useDevice("js", { precision: "f64" }));

interface EquationCase extends LayerCase {
  /** How many inputs and outputs the kernel counts. */
  readonly fans: readonly [number, number];
}

const { cases } = readGolden("layers-equations") as { cases: Record<string, EquationCase> };
test.each(Object.entries(cases))("%s equals Keras", (_, golden) => checkLayerCase(golden, 1e-12));

test.each(Object.entries(cases))("%s begins with as many inputs and outputs as Keras", async (_, golden) => {
  const { inputShape, options, fans } = golden;
  const layer = layerFromConfig({ kind: "einsumDense", options });
  const [kernel] = layer.weights([{ shape: inputShape.slice(1), dtype: "f32" }]);
  const limit = Math.sqrt(6 / (fans[0] + fans[1]));
  const values = await read(initialValue(kernel!.initializer, [...kernel!.shape, 50], key(3)));
  // Fifty kernels side by side: fans come from the axes that the initializer names, which are the kernel's.
  const largest = Math.max(...values.map(Math.abs));
  expect(largest).toBeLessThanOrEqual(limit * (1 + 1e-6));
  expect(largest).toBeGreaterThan(limit * 0.97);
});

test("an initializer may name the axes of inputs and outputs itself", async () => {
  const limitOf = async (init: Initializer): Promise<number> =>
    Math.max(...(await read(initialValue(init, [20, 30, 40], key(1)))));
  const named = initializers.glorotUniform({ inputAxes: [-1], outputAxes: [0, 1] });
  expect((await limitOf(named)) / Math.sqrt(6 / (40 + 600))).toBeCloseTo(1, 2);
  expect((await limitOf(initializers.glorotUniform())) / Math.sqrt(6 / (20 * 30 + 20 * 40))).toBeCloseTo(1, 2);
  const layer = layerFromConfig({
    kind: "einsumDense",
    options: { equation: "ab,bc->ac", outputShape: 3, kernelInitializer: named },
  });
  expect(layer.weights([{ shape: [4], dtype: "f32" }])[0]?.initializer).toEqual(named);
  expect(() => initializers.heNormal({ inputAxes: [0] })).toThrow("has inputAxes or outputAxes alone. Give both.");
});

test.each([
  ["einsumDense", { equation: "ab,bc", outputShape: 3 }, "Write such as ab,bc->ac"],
  ["einsumDense", { equation: "...ab,bc->ac...", outputShape: 3 }, "Write such as ab,bc->ac"],
  ["einsumDense", { equation: "ab,cd->ad", outputShape: 3 }, "the kernel's c is in neither input nor output"],
  ["einsumDense", { equation: "ab,bc->acd", outputShape: 3 }, "the output's d is in neither input nor kernel"],
  ["einsumDense", { equation: "ab,bc->ca", outputShape: 3 }, "the batch a does not stay the output's first axis"],
  ["einsumDense", { equation: "ab,bc->ac", outputShape: 3, biasAxes: "b" }, "must be letters of the output's ac"],
  ["einsumDense", { equation: "ab,bc->ac", outputShape: 3, useBias: true }, "option useBias is not known"],
])("%s with %o is refused", (kind, options, reason) => {
  expect(() => layerFromConfig({ kind, options })).toThrow(reason);
});

test.each([
  ["einsumDense", { equation: "abc,cd->abd", outputShape: 4 }, [3, 5], "needs outputShape of 2 extents"],
  ["einsumDense", { equation: "abc,cd->abd", outputShape: [null, null] }, [3, 5], "leaves d open"],
  ["einsumDense", { equation: "abc,cd->abd", outputShape: [4, 2] }, [3, 5], "has 3 places on b, outputShape 4"],
  ["einsumDense", { equation: "ab,bc->ac", outputShape: 4 }, [3, 5], "does not have the axes ab"],
  ["einsumDense", { equation: "...ab,bc->...cb", outputShape: [4, 3] }, [3], "leaves no axis for ..."],
])("%s %o of %o is refused", (kind, options, shape, reason) => {
  const types = [{ shape, dtype: "f32" as const }];
  expect(() => layerFromConfig({ kind, options }).outputTypes(types, kind)).toThrow(reason);
});
