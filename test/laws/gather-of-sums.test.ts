// Rows that a result of the same kernel names: each lane reads its own.

import "#entry/install-node.ts";
import { afterAll, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit } from "#engine/tensor/transforms.ts";
import { whyNoNative } from "../targets.ts";

afterAll(() => useDevice("js"));

const devices = whyNoNative === undefined ? (["js", "wasm", "native"] as const) : (["js", "wasm"] as const);

test.each(devices)("a sum as an index, on %s", async (device) => {
  await useDevice(device);
  const read = jit((table: Tensor, rows: Tensor) => table.take(rows.sum(1)).add(rows.sum(1).mul(100)));
  for (const size of [1, 4, 7, 8, 16, 21]) {
    const table = tensor(Float32Array.from({ length: size }, (_, index) => index + 0.5));
    const rows = tensor(
      Int32Array.from({ length: size * 2 }, (_, index) => (index % 2 === 0 ? index / 2 : 0)),
      { shape: [size, 2] },
    );
    const expected = Array.from({ length: size }, (_, index) => index + 0.5 + index * 100);
    expect(Array.from(await read(table, rows).data())).toEqual(expected);
  }
});
