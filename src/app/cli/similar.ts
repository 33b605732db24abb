// `sinter similar`: the pictures of a folder that look most like one.

import type { Command } from "commander";
import { modelNames } from "#app/tasks/image-model.ts";
import { fill } from "#app/tasks/report/texts.ts";
import { similarPictures, type SimilarPictures } from "#app/tasks/similar-pictures.ts";
import { closeDevice, SinterError } from "#entry/node.ts";
import { imageSize, wholeNumber } from "./arguments.ts";
import type { CommandContext } from "./context.ts";
import { inFlags } from "./convert.ts";
import { Interrupt } from "./interrupt.ts";
import { createOutput, plainText, type Output } from "./output.ts";
import type { CliTexts } from "./texts.ts";

interface SimilarFlags {
  readonly model: string;
  readonly weights?: string;
  readonly imageSize?: readonly [height: number, width: number];
  readonly top: number;
  readonly batchSize: number;
  readonly json?: boolean;
}

/** Adds the command. */
export function addSimilarCommand(program: Command, { texts }: CommandContext): void {
  program
    .command("similar")
    .description(texts.commandSimilar)
    .argument("<PICTURE>", texts.argumentPicture)
    .argument("<FOLDER>", texts.argumentPictureFolder)
    .requiredOption("--model <NAME|PATH>", texts.flagFeatureModel)
    .option("--weights <FILE>", texts.flagFeatureWeights)
    .option("--image-size <HxW>", texts.flagImageSize, imageSize(texts))
    .option("--top <N>", texts.flagTopPictures, wholeNumber(texts, 1), 5)
    .option("--batch-size <N>", texts.flagBatchSize, wholeNumber(texts, 1), 32)
    .option("--json", texts.flagJsonSimilar)
    .addHelpText(
      "after",
      fill(texts.afterSimilar, { networks: modelNames.filter((name) => name !== "cnn").join(", ") }),
    )
    .action((picture: string, folder: string, flags: SimilarFlags) => similar(picture, folder, flags, texts));
}

async function similar(picture: string, folder: string, flags: SimilarFlags, texts: CliTexts): Promise<void> {
  const { json = false, ...options } = flags;
  const output = createOutput(json, texts);
  const interrupt = new Interrupt(() => output.say(texts.stoppingReport));
  try {
    show(output, await similarPictures(picture, folder, { ...options, signal: interrupt.signal }));
  } catch (error) {
    if (error instanceof SinterError) throw inFlags(error);
    throw error;
  } finally {
    interrupt[Symbol.dispose]();
    await closeDevice();
  }
}

function show(output: Output, { found, numPictures, broken }: SimilarPictures): void {
  for (const { file, reason } of broken) {
    output.event({ file, error: reason });
    process.stderr.write(`${plainText(file)}: ${reason}\n`);
  }
  for (const one of found) {
    output.event({ ...one });
    if (!output.isJson) output.say(`${one.similarity.toFixed(4)}  ${plainText(one.file)}`);
  }
  if (!output.isJson) output.say(fill(output.texts.similarOf, { numPictures }));
}
