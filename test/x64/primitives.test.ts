// Every case of every primitive as x86-64 code equals the oracle, and so do products, convolutions and windows of sizes
// that are multiples of nothing.
import { afterAll, describe, expect, test } from "vitest";
import type { HostArray } from "#engine/base/dtype.ts";
import { apply, type Graph } from "#engine/graph/graph.ts";
import { parameter, primitives } from "#engine/ops/index.ts";
import { interpret } from "#engine/target/js/interpreter.ts";
import { errorOf } from "../laws/compare.ts";
import { makeSample } from "../laws/samples.ts";
import { targetTolerance } from "../tolerances.ts";
import { openMachine, whyNoMachine } from "./run-code.ts";
import { runNative } from "./run-program.ts";

describe.skipIf(whyNoMachine !== undefined)(`x64 (${whyNoMachine ?? "runs here"})`, () => {
  const machine = whyNoMachine === undefined ? openMachine() : undefined;
  afterAll(() => machine?.[Symbol.dispose]());

  const agree = async (graph: Graph, args: readonly HostArray[], tolerance: number): Promise<void> => {
    const [oracle] = interpret(graph, args, { precision: "f32" });
    const [actual] = await runNative(machine!, graph, args);
    const error = errorOf(actual!, oracle!, graph.outputs[0]!.type.dtype);
    expect(error, `got ${actual!.slice(0, 16).join()}, expected ${oracle!.slice(0, 16).join()}`).toBeLessThan(
      tolerance,
    );
  };

  const cases = primitives.flatMap((primitive) => primitive.cases.map((one, index) => ({ primitive, one, index })));
  test.each(cases.map((entry) => [entry.primitive.name, entry.index, entry] as const))(
    "%s, case %i",
    async (_primitive, _index, { primitive, one }) => {
      const parameters = one.inputs.map((sample) => parameter(sample.type));
      const args = one.inputs.map((sample, index) => makeSample(sample, index + 1));
      const output = apply(primitive, parameters, one.attributes);
      await agree({ parameters, outputs: [output], donations: [-1] }, args, targetTolerance);
    },
  );
});
