// `sinter doctor`: what this machine offers, which device is chosen, and why not another.

import type { Command } from "commander";
import { fill } from "#app/tasks/report/texts.ts";
import { closeDevice, currentDevice, deviceNames, messageOf, tensor, useDevice, type DeviceName } from "#entry/node.ts";
import type { CommandContext } from "./context.ts";
import { environmentFacts, freeMemoryBytes, notInstalled } from "./environment.ts";
import { createOutput, padded, type Output } from "./output.ts";
import { cliTexts, type CliTexts } from "./texts.ts";

/** A device as it was found. */
interface DeviceFinding {
  readonly name: string;
  readonly works: boolean;
  /** What it is, or why it does not work. */
  readonly description: string;
}

/** Best first. */
const devices = deviceNames.filter((name) => name !== "auto");

const labelWidth = 10;

/** Adds the command. */
export function addDoctorCommand(program: Command, { texts, finish }: CommandContext): void {
  program
    .command("doctor")
    .description(texts.commandDoctor)
    .option("--json", texts.flagJsonObject)
    .action(async ({ json = false }: { json?: boolean }) => finish(await examine(createOutput(json, texts))));
}

async function examine(output: Output): Promise<number> {
  const facts = environmentFacts();
  const findings: DeviceFinding[] = [];
  for (const name of devices) findings.push(await tryDevice(name));
  const chosen = await chosenOf(findings);
  const problems = problemsOf(facts, chosen);
  const english = cliTexts("en");
  const inEnglish = problems.map((problem) => english[problem]);
  output.event({ ...facts, freeMemoryBytes: freeMemoryBytes(), devices: findings, chosen, problems: inEnglish });
  if (!output.isJson) {
    for (const [label, text] of describe(output.texts, facts, findings)) say(output, label, text);
    say(output, output.texts.chosen, describeChoice(output.texts, chosen));
    for (const problem of problems) say(output, output.texts.problem, output.texts[problem]);
  }
  return problems.length === 0 ? 0 : 1;
}

function say(output: Output, label: string, text: string): void {
  output.say(`${padded(label, labelWidth)}${text}`);
}

type Facts = ReturnType<typeof environmentFacts>;

function describe(texts: CliTexts, facts: Facts, findings: readonly DeviceFinding[]): [label: string, text: string][] {
  const gibibytes = (bytes: number | string | undefined): string => (Number(bytes ?? 0) / 2 ** 30).toFixed(1);
  const memory = { total: gibibytes(facts["memoryBytes"]), free: gibibytes(freeMemoryBytes()) };
  const sharp = facts["sharp"] === notInstalled ? texts.notInstalled : facts["sharp"];
  return [
    ["sinter", String(facts["sinter"])],
    ["node", fill(texts.nodeIs, facts)],
    [texts.system, fill(texts.systemIs, facts)],
    [texts.memory, fill(texts.memoryIs, memory)],
    [texts.readsPictures, `sharp ${sharp}`],
    ...findings.map(({ name, works, description }): [string, string] => [
      texts.device,
      fill(works ? texts.deviceWorks : texts.deviceFails, { name, description }),
    ]),
  ];
}

/** Computes something small: what cannot do that is of no use. */
async function tryDevice(name: DeviceName): Promise<DeviceFinding> {
  try {
    await useDevice(name);
    const [value] = await tensor([1.5]).mul(2).data();
    const { description } = currentDevice();
    if (value === 3) return { name, works: true, description };
    return { name, works: false, description: `1.5 * 2 = ${value}` };
  } catch (error) {
    return { name, works: false, description: messageOf(error) };
  } finally {
    await closeDevice();
  }
}

/** The first that works, unless "auto" leaves it out. */
async function chosenOf(findings: readonly DeviceFinding[]): Promise<string | undefined> {
  const working = findings.filter(({ works }) => works);
  if (working[0]?.name !== "native") return working[0]?.name;
  const auto = await tryDevice("auto");
  return working.find(({ description }) => description === auto.description)?.name;
}

function describeChoice(texts: CliTexts, name: string | undefined): string {
  if (name === undefined) return texts.chosenNone;
  return fill(name === "js" ? texts.chosenSlow : texts.chosenFastest, { name });
}

function problemsOf(facts: Facts, chosen: string | undefined): ("noDevice" | "noSharp")[] {
  return [
    ...(chosen === undefined ? (["noDevice"] as const) : []),
    ...(facts["sharp"] === notInstalled ? (["noSharp"] as const) : []),
  ];
}
