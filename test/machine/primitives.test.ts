// Every case of every primitive as machine code equals the oracle.
import { afterAll, describe, expect, test } from "vitest";
import { apply } from "#engine/graph/graph.ts";
import { parameter, primitives } from "#engine/ops/index.ts";
import { interpret } from "#engine/target/js/interpreter.ts";
import { errorOf } from "../laws/compare.ts";
import { makeSample } from "../laws/samples.ts";
import { targetTolerance } from "../tolerances.ts";
import { runProgram } from "./run-program.ts";
import { runners } from "./runners.ts";

const cases = primitives.flatMap((primitive) => primitive.cases.map((one, index) => ({ primitive, one, index })));

// What is emulated runs once with wide vectors: the narrow ones run on the processor.
const chosen = runners.filter(({ name }) => name !== "avx2 emulated");

describe.each(chosen)("$name", (target) => {
  const { whyNot, open } = target;
  describe.skipIf(whyNot !== undefined)(whyNot ?? "runs", () => {
    const machine = whyNot === undefined ? open(1 << 23) : undefined;
    afterAll(() => machine?.[Symbol.dispose]());

    test.each(cases.map((entry) => [entry.primitive.name, entry.index, entry] as const))(
      "%s, case %i",
      async (_primitive, _index, { primitive, one }) => {
        const parameters = one.inputs.map((sample) => parameter(sample.type));
        const args = one.inputs.map((sample, index) => makeSample(sample, index + 1));
        const graph = { parameters, outputs: [apply(primitive, parameters, one.attributes)], donations: [-1] };
        const [oracle] = interpret(graph, args, { precision: "f32" });
        using own = machine!;
        const [actual] = await runProgram(own, target, graph, args);
        const error = errorOf(actual!, oracle!, graph.outputs[0]!.type.dtype);
        const message = `got ${actual!.slice(0, 16).join()}, expected ${oracle!.slice(0, 16).join()}`;
        expect(error, message).toBeLessThan(targetTolerance);
      },
    );
  });
});
