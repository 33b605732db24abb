// `sinter predict`: what a run says of pictures, one line each.

import type { Command } from "commander";
import { imageClassifier, type ImagePrediction, type PictureAnswer } from "#app/tasks/image-classifier.ts";
import { listPictures } from "#app/tasks/picture-list.ts";
import { closeDevice } from "#entry/node.ts";
import { wholeNumber } from "./arguments.ts";
import type { CommandContext } from "./context.ts";
import { createOutput, type Output } from "./output.ts";

interface PredictFlags {
  readonly top: number;
  readonly json?: boolean;
}

/** Adds the command. */
export function addPredictCommand(program: Command, { texts, finish }: CommandContext): void {
  program
    .command("predict")
    .description(texts.commandPredict)
    .argument("<RUN>", texts.argumentRun)
    .argument("<FILE|FOLDER...>", texts.argumentPictures)
    .option("--top <N>", texts.flagTop, wholeNumber(texts, 1), 5)
    .option("--json", texts.flagJsonPictures)
    .action(async (run: string, paths: string[], { top, json = false }: PredictFlags) =>
      finish(await predict(run, paths, top, createOutput(json, texts))),
    );
}

async function predict(run: string, paths: readonly string[], top: number, output: Output): Promise<number> {
  let numBroken = 0;
  try {
    const files = await listPictures(paths);
    const classifier = await imageClassifier.load(run);
    for await (const answer of classifier.predictEach(files, { top })) {
      show(output, files[answer.index] ?? "", answer);
      if (answer.kind === "broken") numBroken += 1;
    }
  } finally {
    await closeDevice();
  }
  return numBroken === 0 ? 0 : 1;
}

function show(output: Output, file: string, answer: PictureAnswer): void {
  if (answer.kind === "broken") {
    output.event({ file, error: answer.reason });
    process.stderr.write(`${file}: ${answer.reason}\n`);
    return;
  }
  output.event({ file, ...answer.prediction });
  if (!output.isJson) output.say(`${file}  ${describe(answer.prediction)}`);
}

function describe({ probabilities }: ImagePrediction): string {
  const ranked = Object.entries(probabilities).toSorted(([, a], [, b]) => b - a);
  return ranked.map(([name, probability]) => `${name} ${(probability * 100).toFixed(1)} %`).join("  ");
}
