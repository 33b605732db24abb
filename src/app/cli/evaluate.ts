// `sinter evaluate`: scores of a run on labelled pictures.

import type { Command } from "commander";
import { imageClassifier } from "#app/tasks/image-classifier.ts";
import { fill } from "#app/tasks/report/texts.ts";
import { closeDevice } from "#entry/node.ts";
import type { CommandContext } from "./context.ts";
import { createOutput, type Output } from "./output.ts";
import { describeScores } from "./score-table.ts";

/** Adds the command. */
export function addEvaluateCommand(program: Command, { texts }: CommandContext): void {
  program
    .command("evaluate")
    .description(texts.commandEvaluate)
    .argument("<RUN>", texts.argumentRun)
    .argument("<FOLDER>", texts.argumentTestFolder)
    .option("--json", texts.flagJsonObject)
    .action((run: string, folder: string, { json = false }: { json?: boolean }) =>
      evaluate(run, folder, createOutput(json, texts)),
    );
}

async function evaluate(run: string, folder: string, output: Output): Promise<void> {
  const { texts } = output;
  try {
    const classifier = await imageClassifier.load(run);
    const { broken, ...scores } = await classifier.evaluate(folder, { onBroken: "skip" });
    for (const sample of broken) process.stderr.write(`${fill(texts.leftOut, { ...sample })}\n`);
    const { loss, accuracy, precision, recall, f1, auc, confusion, perClass, numSamples } = scores;
    const numbers = { loss, accuracy, precision, recall, f1, auc, confusion, perClass };
    output.event({ ...numbers, classNames: classifier.classNames, folder: scores.folder, numSamples });
    if (!output.isJson) output.say(`${scores.folder}\n${describeScores(texts, scores)}`);
  } finally {
    await closeDevice();
  }
}
