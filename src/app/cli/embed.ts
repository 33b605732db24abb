// `sinter embed`: texts as vectors, by the folder of an encoder; without --out the nearest other text of each.

import type { Command } from "commander";
import { embedFile, nearestTexts, type EmbeddedTexts } from "#app/tasks/embed-file.ts";
import { fill } from "#app/tasks/report/texts.ts";
import { closeDevice, SinterError } from "#entry/node.ts";
import { wholeNumber } from "./arguments.ts";
import type { CommandContext } from "./context.ts";
import { inFlags } from "./convert.ts";
import { Interrupt } from "./interrupt.ts";
import { createOutput, plainText, type Output } from "./output.ts";
import type { CliTexts } from "./texts.ts";

interface EmbedFlags {
  readonly model: string;
  readonly out?: string;
  readonly batchSize: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Of a text that is shown. */
const maxCharacters = 60;
/** Texts among which neighbours are looked for: each is compared with each. */
const mostCompared = 2000;

/** Adds the command. */
export function addEmbedCommand(program: Command, { texts }: CommandContext): void {
  program
    .command("embed")
    .description(texts.commandEmbed)
    .argument("<FILE|FOLDER>", texts.argumentTexts)
    .requiredOption("--model <FOLDER>", texts.flagEmbedModel)
    .option("--out <FILE>", texts.flagEmbedOut)
    .option("--batch-size <N>", texts.flagEmbedBatch, wholeNumber(texts, 1), 32)
    .option("--force", texts.flagForce)
    .option("--json", texts.flagJsonTexts)
    .addHelpText("after", texts.afterEmbed)
    .action((path: string, flags: EmbedFlags) => embed(path, flags, texts));
}

async function embed(path: string, flags: EmbedFlags, texts: CliTexts): Promise<void> {
  const { model, out, batchSize, force, json = false } = flags;
  const output = createOutput(json, texts);
  const interrupt = new Interrupt(() => output.say(texts.stoppingReport));
  try {
    const { signal } = interrupt;
    const embedded = await embedFile(path, { model, out, batchSize, overwrite: force, signal });
    show(output, embedded, out);
  } catch (error) {
    if (error instanceof SinterError) throw inFlags(error);
    throw error;
  } finally {
    interrupt[Symbol.dispose]();
    await closeDevice();
  }
}

function show(output: Output, embedded: EmbeddedTexts, out: string | undefined): void {
  const { names, texts, vectors, dimension } = embedded;
  if (output.isJson) {
    for (const [place, name] of names.entries()) {
      const embedding = Array.from(vectors.subarray(place * dimension, (place + 1) * dimension));
      output.event({ name, text: texts[place], embedding });
    }
  }
  const numTexts = names.length;
  if (out !== undefined) output.say(fill(output.texts.embedded, { numTexts, dimension, out: plainText(out) }));
  if (output.isJson || out !== undefined) return;
  if (numTexts < 2 || numTexts > mostCompared) {
    output.say(fill(output.texts.embeddedOnly, { numTexts, dimension }));
    return;
  }
  for (const [place, nearest] of nearestTexts(embedded).entries()) {
    const values = {
      text: shown(texts[place]),
      nearest: shown(texts[nearest.place]),
      cosine: nearest.cosine.toFixed(3),
    };
    output.say(fill(output.texts.nearestText, values));
  }
}

function shown(text = ""): string {
  const line = plainText(text.replaceAll(/\s+/gu, " ").trim());
  return line.length <= maxCharacters ? line : `${Array.from(line).slice(0, maxCharacters).join("")}…`;
}
