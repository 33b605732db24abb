// ONNX 1.17's own test suite: how much of it passes, and what does not, with the reasons (docs/onnx.md).
// Run: node scripts/fetch-data.mjs onnx-1.17; npx vitest run --config test/onnx/vitest.config.ts

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import "#entry/install-node.ts";
import { runCase, type Outcome } from "./cases.ts";

const root = ".data/onnx-1.17";
const only = process.env["ONNX_ONLY"];

async function runAll(group: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const name of readdirSync(join(root, group)).toSorted()) {
    writeFileSync("/tmp/onnxdev/now.txt", name);
    const begun = performance.now();
    if (only !== undefined && !new RegExp(only).test(name)) continue;
    outcomes.push(await runCase(join(root, group, name), name));
    if (performance.now() - begun > 1000) console.log(name, performance.now() - begun);
  }
  return outcomes;
}

const device = process.env["ONNX_DEVICE"];

beforeAll(async () => {
  if (device !== undefined) await useDevice(device === "js" ? "js" : "native");
});

test("node tests", { timeout: 1_800_000 }, async () => {
  const outcomes = await runAll("node");
  const counted = outcomes.filter(({ isCounted }) => isCounted);
  const passed = counted.filter(({ status }) => status === "passed");
  const lines = outcomes
    .filter(({ status }) => status !== "passed")
    .map(
      (one) =>
        `${one.isCounted ? "*" : " "} ${one.status} ${one.name} [${one.operators.slice(0, 4).join(" ")}] ${one.reason}`,
    );
  writeFileSync("/tmp/onnxdev/node.txt", `${lines.join("\n")}\n`);
  console.log(
    `${passed.length} of ${counted.length} counted; ${outcomes.filter((one) => one.status === "passed").length} of ${outcomes.length} all; ${outcomes.filter((one) => one.status === "crashed").length} crashed`,
  );
  expect(outcomes.length).toBeGreaterThan(0);
});
