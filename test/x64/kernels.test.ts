// Kernels as x86-64 code leave the bytes that the reference leaves.
import { expect, test } from "vitest";
import { add, parameter } from "#engine/ops/index.ts";
import { openMachine, whyNoMachine } from "./run-code.ts";
import { runNative } from "./run-program.ts";

test.skipIf(whyNoMachine !== undefined)(`runs (${whyNoMachine ?? "here"})`, async () => {
  using machine = openMachine();
  const x = parameter({ dtype: "f32", shape: [35] });
  const values = Float32Array.from({ length: 35 }, (_, index) => index);
  const [result] = await runNative(machine, { parameters: [x], outputs: [add(x, x)], donations: [-1] }, [values]);
  expect(result).toEqual(values.map((value) => value * 2));
});
