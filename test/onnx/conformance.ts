// ONNX 1.17's own test suite: how much of it passes; docs/onnx.md is written from what does not. Computed by the interpreter,
// which needs no compiling; ONNX_DEVICE names another device.
// Run: node scripts/fetch-data.mjs onnx-1.17; npx vitest run --config test/onnx/vitest.config.ts

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { deviceNames } from "#engine/runtime/devices.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { decodeOnnx } from "#learning/formats/onnx/decode.ts";
import { operators } from "#learning/formats/onnx/operators/index.ts";
import { filesOf, runCase, runLight, type Outcome } from "./cases.ts";
import { page } from "./page.ts";

const root = ".data/onnx-1.17";
const groups = ["node", "pytorch-converted", "pytorch-operator", "simple"] as const;
const outcomes = new Map<string, readonly Outcome[]>();
/** Left out of the measure: another domain, which is not read. */
const training = /^test_gradient_of_/;

beforeAll(async () => {
  await useDevice(deviceNames.find((name) => name === process.env["ONNX_DEVICE"]) ?? "js");
});

async function runGroup(group: string): Promise<readonly Outcome[]> {
  const found: Outcome[] = [];
  for (const name of readdirSync(join(root, group)).toSorted()) {
    if (!training.test(name)) found.push(await runCase(filesOf(join(root, group, name)), name));
  }
  outcomes.set(group, found);
  return found;
}

const not = (list: readonly Outcome[], status: Outcome["status"]): string[] =>
  list.filter((one) => one.status !== status).map(({ name, reason }) => `${name}: ${reason}`);
const crashed = (list: readonly Outcome[]): string[] =>
  list.filter(({ status }) => status === "crashed").map(({ name, reason }) => `${name}: ${reason}`);

test("at least 90 % of the node tests of our types pass, and none crashes", { timeout: 1_800_000 }, async () => {
  const found = await runGroup("node");
  const counted = found.filter(({ isCounted }) => isCounted);
  const passed = counted.filter(({ status }) => status === "passed");
  expect(crashed(found)).toEqual([]);
  expect(passed.length / counted.length).toBeGreaterThanOrEqual(0.9);
});

test.each(groups.slice(1))(
  "all of %s that are of our types pass, and none crashes",
  { timeout: 1_800_000 },
  async (group) => {
    const found = await runGroup(group);
    expect(crashed(found)).toEqual([]);
    expect(
      not(
        found.filter(({ isCounted }) => isCounted),
        "passed",
      ),
    ).toEqual([]);
  },
);

test("the light models give their stored outputs", { timeout: 3_600_000 }, async () => {
  // Photos through deep networks: too slow for the interpreter.
  await useDevice("auto");
  const names = readdirSync(join(root, "light")).filter((name) => name.endsWith(".onnx"));
  const found: Outcome[] = [];
  for (const name of names.toSorted()) found.push(await runLight(join(root, "light", name), name.replace(".onnx", "")));
  outcomes.set("light", found);
  expect(not(found, "passed")).toEqual([]);
});

test("writes docs/onnx.md", () => {
  const names = Object.keys(operators).filter((name) => !name.includes(":"));
  writeFileSync("docs/onnx.md", page(outcomes, [...names, "If", "Loop", "Scan", "SequenceMap"].toSorted()));
  expect(decodeOnnx(readFileSync(join(root, "light", "light_squeezenet.onnx"))).graph.nodes.length).toBeGreaterThan(0);
});
