// Damaged ONNX files, ten thousand: read, or refused with a typed error. The seeds are the committed cases.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import "#entry/install-node.ts";
import { decodeOnnx } from "#learning/formats/onnx/decode.ts";
import { surviveMutations } from "./mutations.ts";
import { readWholeGraph } from "../onnx/cases.ts";

const { cases }: { cases: Record<string, Record<string, string>> } = JSON.parse(
  readFileSync("test/golden/onnx-cases.json", "utf8"),
);

test("10,000 damaged ONNX files", async () => {
  const seeds = Object.entries(cases).map(
    ([name, files]) => [name, new Uint8Array(Buffer.from(files["model.onnx"] ?? "", "base64"))] as const,
  );
  const counts = await surviveMutations({
    seeds: new Map(seeds),
    count: 10_000,
    read: (bytes) => readWholeGraph(decodeOnnx(bytes).graph),
  });
  expect(counts.numRead + counts.numRefused).toBe(10_000);
});
