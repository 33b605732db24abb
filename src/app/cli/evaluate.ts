// `sinter evaluate`: scores of a run on labelled pictures.

import type { Command } from "commander";
import { imageClassifier } from "#app/tasks/image-classifier.ts";
import { closeDevice } from "#entry/node.ts";
import { createOutput } from "./output.ts";
import { describeScores } from "./score-table.ts";

/** Adds the command. */
export function addEvaluateCommand(program: Command): void {
  program
    .command("evaluate")
    .description("score a run on labelled pictures")
    .argument("<RUN>", "folder that sinter train wrote")
    .argument("<FOLDER>", "folder of classes; its test/ (else val/) where it has one")
    .option("--json", "one JSON object on standard output")
    .action((run: string, folder: string, { json = false }: { json?: boolean }) => evaluate(run, folder, json));
}

async function evaluate(run: string, folder: string, isJson: boolean): Promise<void> {
  const output = createOutput(isJson);
  try {
    const classifier = await imageClassifier.load(run);
    const { broken, ...scores } = await classifier.evaluate(folder, { onBroken: "skip" });
    for (const { file, reason } of broken) process.stderr.write(`left out ${file}: ${reason}\n`);
    const { loss, accuracy, precision, recall, f1, auc, confusion, perClass, numSamples } = scores;
    const numbers = { loss, accuracy, precision, recall, f1, auc, confusion, perClass };
    output.event({ ...numbers, classNames: classifier.classNames, folder: scores.folder, numSamples });
    if (!isJson) output.say(`${scores.folder}\n${describeScores(scores)}`);
  } finally {
    await closeDevice();
  }
}
