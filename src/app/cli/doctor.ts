// `sinter doctor`: what this machine offers, which device is chosen, and why not another.

import type { Command } from "commander";
import { closeDevice, currentDevice, messageOf, tensor, useDevice, type DeviceName } from "#entry/node.ts";
import { environmentFacts, freeMemoryBytes } from "./environment.ts";
import { createOutput } from "./output.ts";

/** A device as it was found. */
interface DeviceFinding {
  readonly name: string;
  readonly works: boolean;
  /** What it is, or why it does not work. */
  readonly description: string;
}

/** Best first: the first that works is chosen. */
const devices: readonly Exclude<DeviceName, "auto">[] = ["wasm", "js"];

/** Adds the command. @param finish gets the exit code */
export function addDoctorCommand(program: Command, finish: (exitCode: number) => void): void {
  program
    .command("doctor")
    .description("say what was found on this machine, and what was chosen")
    .option("--json", "one JSON object on standard output")
    .action(async ({ json = false }: { json?: boolean }) => finish(await examine(json)));
}

async function examine(isJson: boolean): Promise<number> {
  const output = createOutput(isJson);
  const facts = environmentFacts();
  const findings: DeviceFinding[] = [];
  for (const name of devices) findings.push(await tryDevice(name));
  const chosen = findings.find(({ works }) => works);
  const problems = problemsOf(facts, chosen);
  output.event({ ...facts, freeMemoryBytes: freeMemoryBytes(), devices: findings, chosen: chosen?.name, problems });
  if (isJson) return problems.length === 0 ? 0 : 1;
  const gibibytes = (bytes: number | string | undefined): string => (Number(bytes ?? 0) / 2 ** 30).toFixed(1);
  output.say(`sinter    ${facts["sinter"]}`);
  output.say(`node      ${facts["node"]} (V8 ${facts["v8"]}; 20.19 or later is needed)`);
  output.say(`system    ${facts["system"]}, ${facts["processor"]}, ${facts["numCores"]} cores`);
  output.say(`memory    ${gibibytes(facts["memoryBytes"])} GiB, ${gibibytes(freeMemoryBytes())} GiB free`);
  output.say(`pictures  sharp ${facts["sharp"]}`);
  for (const { name, works, description } of findings)
    output.say(`device    ${name}: ${works ? "" : "no: "}${description}`);
  output.say(chosen === undefined ? "chosen    none" : `chosen    ${chosen.name}, ${reasonFor(chosen.name)}`);
  for (const problem of problems) output.say(`problem   ${problem}`);
  return problems.length === 0 ? 0 : 1;
}

/** Computes something small: what cannot do that is of no use. */
async function tryDevice(name: Exclude<DeviceName, "auto">): Promise<DeviceFinding> {
  try {
    await useDevice(name);
    const [value] = await tensor([1.5]).mul(2).data();
    const { description } = currentDevice();
    if (value === 3) return { name, works: true, description };
    return { name, works: false, description: `it computed 1.5 * 2 = ${value}` };
  } catch (error) {
    return { name, works: false, description: messageOf(error) };
  } finally {
    await closeDevice();
  }
}

function reasonFor(name: string): string {
  return name === "wasm" ? "the fastest that works here" : "because nothing faster works here; it is slow";
}

function problemsOf(facts: Readonly<Record<string, string | number>>, chosen: DeviceFinding | undefined): string[] {
  const problems: string[] = [];
  if (chosen === undefined) problems.push("No device works. Report this with the lines above.");
  if (facts["sharp"] === "not installed")
    problems.push("Pictures cannot be read without sharp. Run: npm install sharp");
  return problems;
}
