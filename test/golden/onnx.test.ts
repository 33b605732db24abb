// A part of ONNX's own test suite; all of it runs by test/onnx/conformance.ts. Then damaged files.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import "#entry/install-node.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { surviveMutations } from "../fuzz/mutations.ts";
import { graphDamager, onnxRunner } from "../fuzz/onnx-files.ts";
import { runCase } from "../onnx/cases.ts";

const { cases }: { cases: Record<string, Record<string, string>> } = JSON.parse(
  readFileSync("test/golden/onnx-cases.json", "utf8"),
);
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

test.each(Object.keys(cases))("%s", async (name) => {
  const files = Object.entries(cases[name] ?? {}).map(([path, text]): [string, Uint8Array] => [path, bytesOf(text)]);
  const { status, reason } = await runCase(new Map(files), name);
  expect(`${status} ${reason}`.trim()).toBe("passed");
});

test("300 damaged files are read and run, or refused", { timeout: 120_000 }, async () => {
  await useDevice("js");
  const counts = await surviveMutations({ ...onnxRunner, count: 300 });
  expect(counts.numRun).toBeGreaterThan(0);
  expect(counts.numRead + counts.numRefused).toBe(300);
  const graphs = await surviveMutations({ ...graphDamager, count: 300 });
  expect(graphs.numRun).toBeGreaterThan(0);
});
