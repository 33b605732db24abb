// One small graph-model for each operation, against what TensorFlow.js makes of the same inputs.

import "#entry/install-node.ts";
import { expect, test } from "vitest";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { decodeTfjsGraph } from "#learning/formats/tfjs/graph-model.ts";
import { distance, read } from "./golden.ts";
import { tensorOf, valuesOf } from "./tfjs-values.ts";
import golden from "./tfjs/graphs.json" with { type: "json" };

test.each(golden.cases.map((one, place) => [`${one.operation} (${place})`, one] as const))("%s", async (_, one) => {
  const model = new TextEncoder().encode(JSON.stringify(one.description));
  const weights = new Uint8Array(Buffer.from(one.weights, "base64"));
  const graph = decodeTfjsGraph(
    new Map([
      ["model.json", model],
      ["w.bin", weights],
    ]),
  );
  const inputs = Object.entries(one.inputs).map(([name, stored]): [string, Tensor] => [name, tensorOf(stored)]);
  const outputs = await graph.run(Object.fromEntries(inputs));
  for (const [place, stored] of one.outputs.entries()) {
    const output = outputs[`out${place}`];
    expect(output?.shape).toEqual(stored.shape);
    if (output !== undefined) expect(distance(await read(output), valuesOf(stored))).toBeLessThan(1e-5);
  }
});
