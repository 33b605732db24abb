// ONNX 1.17's own test suite: how much of it passes on each device; docs/onnx.md is written from what does not. The interpreter
// is the oracle: what passes there passes everywhere.
// Run: node scripts/fetch-data.mjs onnx-1.17; npx vitest run --config test/onnx/vitest.config.ts; one device: -t native

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { decodeOnnx } from "#learning/formats/onnx/decode.ts";
import { operators } from "#learning/formats/onnx/operators/index.ts";
import { whyNoNative } from "../targets.ts";
import { filesOf, runCase, runLight, type Outcome } from "./cases.ts";
import { page } from "./page.ts";

const root = ".data/onnx-1.17";
const groups = ["node", "pytorch-converted", "pytorch-operator", "simple"] as const;
const devices = ["js", "wasm", "native"] as const;
/** Outcomes by device, then by group. */
const outcomes = new Map<string, Map<string, readonly Outcome[]>>();
/** Left out of the measure: another domain, which is not read. */
const training = /^test_gradient_of_/;

async function runGroup(device: string, group: string): Promise<readonly Outcome[]> {
  const found: Outcome[] = [];
  for (const name of readdirSync(join(root, group)).toSorted()) {
    if (!training.test(name)) found.push(await runCase(filesOf(join(root, group, name)), name));
  }
  return keep(device, group, found);
}

function keep(device: string, group: string, found: readonly Outcome[]): readonly Outcome[] {
  const own = outcomes.get(device) ?? new Map<string, readonly Outcome[]>();
  outcomes.set(device, own.set(group, found));
  return found;
}

const not = (list: readonly Outcome[], status: Outcome["status"]): string[] =>
  list.filter((one) => one.status !== status).map(({ name, reason }) => `${name}: ${reason}`);
const crashed = (list: readonly Outcome[]): string[] =>
  list.filter(({ status }) => status === "crashed").map(({ name, reason }) => `${name}: ${reason}`);

/** What passes in the interpreter and not here; nothing where the interpreter has not run. */
function lost(found: readonly Outcome[], group: string): string[] {
  const oracle = outcomes.get("js")?.get(group) ?? [];
  const passed = new Set(oracle.filter(({ status }) => status === "passed").map(({ name }) => name));
  return not(
    found.filter(({ name }) => passed.has(name)),
    "passed",
  );
}

describe.each(devices)("on %s", (device) => {
  const missing = device === "native" && whyNoNative !== undefined;
  beforeAll(() => (missing ? undefined : useDevice(device)));
  afterAll(closeDevice);

  test.skipIf(missing)(
    "at least 90 % of the node tests of our types pass, none crashes, and all that the interpreter passes",
    { timeout: 3_600_000 },
    async () => {
      const found = await runGroup(device, "node");
      const counted = found.filter(({ isCounted }) => isCounted);
      const passed = counted.filter(({ status }) => status === "passed");
      expect(crashed(found)).toEqual([]);
      expect(lost(found, "node")).toEqual([]);
      expect(passed.length / counted.length).toBeGreaterThanOrEqual(0.9);
    },
  );

  test.skipIf(missing).each(groups.slice(1))(
    "all of %s that are of our types pass, and none crashes",
    { timeout: 3_600_000 },
    async (group) => {
      const found = await runGroup(device, group);
      expect(crashed(found)).toEqual([]);
      expect(lost(found, group)).toEqual([]);
      expect(
        not(
          found.filter(({ isCounted }) => isCounted),
          "passed",
        ),
      ).toEqual([]);
    },
  );

  // Photos through deep networks: too slow for the interpreter.
  test.skipIf(missing || device === "js")(
    "the light models give their stored outputs",
    { timeout: 3_600_000 },
    async () => {
      const names = readdirSync(join(root, "light")).filter((name) => name.endsWith(".onnx"));
      const found: Outcome[] = [];
      for (const name of names.toSorted())
        found.push(await runLight(join(root, "light", name), name.replace(".onnx", "")));
      expect(not(keep(device, "light", found), "passed")).toEqual([]);
    },
  );
});

test("writes docs/onnx.md where all devices have run", () => {
  const names = Object.keys(operators).filter((name) => !name.includes(":"));
  const written = page(outcomes, [...names, "If", "Loop", "Scan", "SequenceMap"].toSorted());
  if (devices.every((device) => outcomes.has(device))) writeFileSync("docs/onnx.md", written);
  expect(decodeOnnx(readFileSync(join(root, "light", "light_squeezenet.onnx"))).graph.nodes.length).toBeGreaterThan(0);
});
