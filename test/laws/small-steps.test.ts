// Small kernels that need not wait for each other run as one, and give what the oracle gives.

import { afterAll, expect, test } from "vitest";
import type { Node } from "#engine/graph/graph.ts";
import { add, broadcastTo, convolve, divide, multiply, parameter, relu, sqrt } from "#engine/ops/index.ts";
import { openDevices } from "./graph-devices.ts";

const devices = openDevices({ winograd: false });
afterAll(() => devices.close());

const f32 = (...shape: number[]): Node => parameter({ dtype: "f32", shape });

/** A convolution and its normalization, whose scale is a small kernel of its own. */
function layer(x: Node, channels: number): { y: Node; parameters: Node[] } {
  const [filter, gamma, variance] = [f32(1, 1, x.type.shape[3]!, channels), f32(channels), f32(channels)];
  const y = convolve(x, filter);
  const scale = divide(gamma, sqrt(add(multiply(variance, variance), multiply(gamma, gamma))));
  return { y: relu(multiply(y, broadcastTo(scale, y.type.shape))), parameters: [filter, gamma, variance] };
}

test("scales of several layers", async () => {
  const x = f32(2, 16, 16, 16);
  const parameters = [x];
  let y = x;
  for (const channels of [24, 40, 16]) {
    const next = layer(y, channels);
    y = next.y;
    parameters.push(...next.parameters);
  }
  for (const explanation of await devices.check(parameters, y, 1e-5)) {
    expect(explanation).toContain("3 small: ");
    expect(explanation).toMatch(/^4 kernels/u);
  }
});
