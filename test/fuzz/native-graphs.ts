// The long run of random graphs on the native device with one instruction set: on the processor where it has it, else
// emulated for as long as there is time. Seeds are printed.

import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Device } from "#engine/runtime/device.ts";
import { createNativeDevice } from "#engine/runtime/native-device.ts";
import type { InstructionSet } from "#engine/target/x64/traits.ts";
import { deviceOn } from "../machine/machine-device.ts";
import { runners } from "../machine/runners.ts";
import { hasAvx512, whyNoProcessor } from "../x64/processor.ts";
import { agree } from "./agree.ts";
import { allRecipes } from "./random-graph.ts";

const numGraphs = 20_000;
const graphsOfSeed = 100;
/** One graph in so many runs on 1, 2 and 4 threads. */
const sharedEvery = 4;
const emulatedBytes = 1 << 25;

function emulatedDevice(instructionSet: InstructionSet): Device {
  const runner = runners.find(({ name }) => name === `${instructionSet} emulated`);
  if (runner === undefined) throw new Error(`Nothing emulates ${instructionSet}.`);
  return deviceOn(() => runner.open(emulatedBytes), runner);
}

const base = Date.now() % 2 ** 30;

/** Tests of random graphs. @param emulatedMs how long the emulator may take where the processor lacks the instructions */
export function testNativeGraphs(instructionSet: InstructionSet, emulatedMs: number): void {
  const isOnProcessor = whyNoProcessor === undefined && (instructionSet === "avx2" || hasAvx512());
  const open = (threads: number): Device => createNativeDevice({ threads, instructionSet });
  const devices = isOnProcessor ? [2, 1, 4].map(open) : [emulatedDevice(instructionSet)];
  const [device, ...twins] = devices;
  const deadline = performance.now() + (isOnProcessor ? Infinity : emulatedMs);
  let numDone = 0;

  describe(`${instructionSet}${isOnProcessor ? "" : ", emulated"}`, () => {
    afterAll(async () => {
      await Promise.all(devices.map((one) => one.close()));
      process.stdout.write(
        `${instructionSet}: ${numDone} random graphs agreed; seeds from ${base}, ${graphsOfSeed} graphs each\n`,
      );
    });

    for (let seed = base; seed < base + numGraphs / graphsOfSeed; seed += 1) {
      test(`${graphsOfSeed} random graphs of seed ${seed}`, { timeout: 3_600_000 }, async (context) => {
        if (performance.now() > deadline) context.skip("no time is left to emulate");
        expect(device).toBeDefined();
        if (device === undefined) return;
        const check = async (recipe: Parameters<typeof agree>[1]): Promise<void> => {
          await agree(device, recipe, recipe.seed % sharedEvery === 0 ? twins : []);
          numDone += 1;
        };
        const started = performance.now();
        await fc.assert(fc.asyncProperty(allRecipes, check), { numRuns: graphsOfSeed, seed, endOnFailure: true });
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        process.stdout.write(`${instructionSet} seed ${seed}: ${numDone} graphs so far, ${seconds} s for this seed\n`);
      });
    }
  });
}
