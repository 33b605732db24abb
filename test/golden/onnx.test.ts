// A part of ONNX's own test suite; all of it runs by test/onnx/conformance.ts. Then damaged files.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import "#entry/install-node.ts";
import { decodeOnnx } from "#learning/formats/onnx/decode.ts";
import type { Graph } from "#learning/formats/onnx/graph.ts";
import { surviveMutations } from "../fuzz/mutations.ts";
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

/** Decodes every constant. */
function readAll({ nodes, initializers }: Graph): void {
  for (const { read } of initializers.values()) read();
  for (const { attributes } of nodes) {
    for (const attribute of attributes.values()) {
      if (attribute.kind === "graph") readAll(attribute.value);
      if (attribute.kind === "tensor") attribute.value.read();
    }
  }
}

test("300 damaged files are read or refused", { timeout: 120_000 }, async () => {
  const models = Object.entries(cases).map(([name, files]) => [name, bytesOf(files["model.onnx"] ?? "")] as const);
  const counts = await surviveMutations({
    seeds: new Map(models),
    count: 300,
    read: (bytes) => readAll(decodeOnnx(bytes).graph),
  });
  expect(counts.numRead + counts.numRefused).toBe(300);
});
