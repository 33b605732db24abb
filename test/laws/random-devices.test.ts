// Random bits are those of Philox on every device, whether a block fills a vector or not.

import { expect, test } from "vitest";
import { philoxWord } from "#engine/base/philox.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { Graph } from "#engine/graph/graph.ts";
import { parameter, randomBits } from "#engine/ops/index.ts";
import { runOn, targets } from "../targets.ts";

test.each(targets.map((target) => [target.name, target] as const))("%s", async (_name, target) => {
  const device = target.open();
  for (const shape of [[1000], [20000], [3, 8], [3, 5], [2, 4, 3], [7]]) {
    const key = parameter({ dtype: "i32", shape: [2] });
    const stream = parameter({ dtype: "i32", shape: [] });
    const bits = randomBits(key, stream, { shape, domain: 0 });
    const graph: Graph = { parameters: [key, stream], outputs: [bits], donations: [-1] };
    const [values] = await runOn(device, graph, [Int32Array.of(12, -7), Int32Array.of(3)]);
    const expected = Int32Array.from({ length: sizeOf(shape) }, (_, index) => philoxWord([12, -7], 3, 0, index));
    expect(values, shape.join()).toEqual(expected);
  }
  await device.close();
});
