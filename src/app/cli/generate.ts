// `sinter generate`: a language model writes on from a prompt, to standard output.

import type { Command } from "commander";
import { textGenerator, type GenerateTextOptions, type TextGenerator } from "#app/tasks/text-generator.ts";
import { closeDevice } from "#entry/node.ts";
import { notNegative, positive, wholeNumber } from "./arguments.ts";
import type { CommandContext } from "./context.ts";
import { Interrupt } from "./interrupt.ts";
import { createOutput, type Output } from "./output.ts";

interface GenerateFlags {
  readonly model: string;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly repetitionPenalty?: number;
  readonly seed: number;
  readonly stop?: readonly string[];
  readonly chat?: boolean;
  readonly system?: string;
}

/** Adds the command. */
export function addGenerateCommand(program: Command, { texts }: CommandContext): void {
  program
    .command("generate")
    .description(texts.commandGenerate)
    .requiredOption("--model <DIR|FILE>", texts.flagTextModel)
    .requiredOption("--prompt <TEXT>", texts.flagPrompt)
    .option("--max-tokens <N>", texts.flagMaxTokens, wholeNumber(texts, 1), 128)
    .option("--temperature <T>", texts.flagTemperature, notNegative(texts), 1)
    .option("--top-k <K>", texts.flagTopK, wholeNumber(texts, 1))
    .option("--top-p <P>", texts.flagTopP, positive(texts))
    .option("--repetition-penalty <R>", texts.flagRepetitionPenalty, positive(texts))
    .option("--seed <N>", texts.flagGenerateSeed, wholeNumber(texts, 0), 0)
    .option("--stop <TEXT...>", texts.flagStop)
    .option("--chat", texts.flagChat)
    .option("--system <TEXT>", texts.flagSystem)
    .addHelpText("after", texts.afterGenerate)
    .action((flags: GenerateFlags) => generate(flags, createOutput(false, texts)));
}

async function generate(flags: GenerateFlags, output: Output): Promise<void> {
  const interrupt = new Interrupt(() => process.stderr.write(`\n${output.texts.stopping}\n`));
  const { signal } = interrupt;
  try {
    const writer = await textGenerator.load(flags.model);
    for await (const piece of piecesOf(writer, flags, signal)) output.lines.write(piece);
    output.say("");
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    interrupt[Symbol.dispose]();
    await closeDevice();
  }
}

function piecesOf(writer: TextGenerator, flags: GenerateFlags, signal: AbortSignal): AsyncIterable<string> {
  const { model: _, prompt, maxTokens: maxNewTokens, chat = false, system, ...sample } = flags;
  const options: GenerateTextOptions = { ...sample, maxNewTokens, signal };
  if (!chat && system === undefined) return writer.stream(prompt, options);
  const first = system === undefined ? [] : [{ role: "system", content: system }];
  return writer.chat([...first, { role: "user", content: prompt }], options);
}
