// `sinter train`: its flags, and how they become a job.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { crossValidate, type CrossValidation } from "#app/tasks/cross-validate.ts";
import { resumeImageClassifier, trainImageClassifier, type TrainedRun } from "#app/tasks/image-classification.ts";
import { reportLanguages, type ReportLanguage } from "#app/tasks/report/texts.ts";
import { writeReport } from "#app/tasks/report/write-report.ts";
import type { TrainEvent, TrainOptions } from "#app/tasks/train-options.ts";
import { closeDevice, messageOf, SinterError, useDevice } from "#entry/node.ts";
import { oneOf, parsePositive, wholeNumber } from "./arguments.ts";
import { environmentFacts } from "./environment.ts";
import { Interrupt } from "./interrupt.ts";
import { createOutput } from "./output.ts";
import { ResourceMeter } from "./resource-meter.ts";
import { addDataFlags, addDeviceFlags, addModelFlags, augmentOf, modelOf, type SharedFlags } from "./train-flags.ts";
import { TrainReport } from "./train-report.ts";
import { importModel } from "./user-files.ts";

interface TrainFlags extends SharedFlags {
  readonly validation?: string;
  readonly test?: string;
  readonly folds?: number;
  readonly epochs: number;
  readonly stepsPerEpoch?: number;
  readonly learningRate: number;
  readonly earlyStopping?: number;
  readonly checkpointSteps?: number;
  readonly out?: string;
  readonly resume?: string;
  readonly language: ReportLanguage;
  readonly json?: boolean;
}

const examples = `
FOLDER holds one folder of pictures a class. With train/ and val/ (valid/, validation/) or test/ inside, these are the
parts; else a validation part is split off. The validation part chooses the epoch; the test part is read once, at the end.

Examples:
  sinter train photos --epochs 10 --augment light
  sinter train photos --model my-model.ts --image-size 64x64 --out runs/mine`;

/** Adds the command. @param finish gets the exit code */
export function addTrainCommand(program: Command, finish: (exitCode: number) => void): void {
  const command = program
    .command("train")
    .description("train a classifier of pictures")
    .argument("[FOLDER]", "folder of classes, or of train/, val/ and test/");
  command.option("--validation <FOLDER>", "the validation part").option("--test <FOLDER>", "the test part");
  addDataFlags(command);
  addModelFlags(command);
  addLearningFlags(command);
  addDeviceFlags(command)
    .option("--checkpoint-steps <N>", "steps between checkpoints within an epoch; default: 5 minutes", wholeNumber(1))
    .option("--out <RUN>", "folder to write; default: runs/train, runs/train-2, …")
    .option("--resume <RUN>", "go on with a run that was ended, with the options that it was begun with")
    .option("--language <en|zh>", "language of the report", oneOf(reportLanguages), "en")
    .option("--json", "events as JSON lines on standard output")
    .addHelpText("after", examples)
    .action(async (folder: string | undefined, flags: TrainFlags) => {
      const given = Object.keys(flags).filter((name) => command.getOptionValueSource(name) === "cli");
      checkUse(folder, flags, given);
      finish(await train(folder ?? "", flags));
    });
}

function addLearningFlags(command: Command): void {
  command
    .option("--epochs <N>", "passes over the training part", wholeNumber(1), 20)
    .option("--steps-per-epoch <N>", "steps an epoch; default: all pictures once", wholeNumber(1))
    .option("--learning-rate <RATE>", "how far a step goes", parsePositive, 1e-3)
    .option("--early-stopping <N>", "stop after N epochs without a better one", wholeNumber(1))
    .option("--folds <N>", "cross-validate: train N times, each time validating on another N-th", wholeNumber(2));
}

/** Flags that may stand beside --resume: they change no bit of the result. */
const freeFlags = ["resume", "json", "device", "threads", "language"];

/** Flags that choose a validation or test part: a cross-validation has its own. */
const partFlags = ["validation", "test", "split"];

/** @throws option without a folder, or with flags that do not go together */
function checkUse(folder: string | undefined, { resume, folds }: TrainFlags, given: readonly string[]): void {
  const parts = given.filter((name) => partFlags.includes(name)).map((name) => `--${name}`);
  if (folds !== undefined && parts.length > 0) {
    throw new SinterError(
      "option",
      `--folds with ${parts.join(", ")}: each fold is the validation part once, and no test part is read. Leave out one.`,
      { folds, parts },
    );
  }
  if (resume === undefined && folder === undefined) {
    throw new SinterError("option", "missing required argument 'FOLDER'. Write sinter train FOLDER, or --resume RUN.");
  }
  if (resume === undefined) return;
  const own = given.filter((name) => !freeFlags.includes(name)).map((name) => `--${kebabCase(name)}`);
  const extra = folder === undefined ? own : [folder, ...own];
  if (extra.length === 0) return;
  throw new SinterError(
    "option",
    `--resume goes on with what "${resume}" was begun with, but ${extra.join(", ")} came too. Leave it out, or begin a new run.`,
    { resume, extra },
  );
}

function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

async function train(folder: string, flags: TrainFlags): Promise<number> {
  const { json = false, device, threads } = flags;
  const output = createOutput(json);
  await useDevice(device, threads === undefined ? {} : { threads });
  const report = new TrainReport(output);
  const interrupt = new Interrupt(() =>
    report.note("Stopping after this step; what was learnt is saved. Press Ctrl-C again to stop at once."),
  );
  try {
    const run = await runJob(folder, flags, report, interrupt.signal);
    if ("folds" in run) report.endFolds(run);
    else report.end(run);
    return run.isStopped ? 1 : 0;
  } catch (error) {
    report.fail(error);
    throw error;
  } finally {
    interrupt[Symbol.dispose]();
    report[Symbol.dispose]();
    await closeDevice();
  }
}

type JobOptions = Pick<TrainOptions, "environment" | "signal" | "onProgress">;

async function runJob(
  folder: string,
  flags: TrainFlags,
  report: TrainReport,
  signal: AbortSignal,
): Promise<TrainedRun | CrossValidation> {
  const meter = new ResourceMeter();
  const onProgress = (event: TrainEvent): void => {
    meter.observe(event);
    report.show(event);
  };
  const run = await startJob(folder, flags, { environment: environmentFacts(), signal, onProgress });
  if (!("folds" in run) && lacksReport(run)) await reportRun(run, meter, flags, { report, signal });
  return run;
}

/** A run that is done, now or before: a process may have been killed between its last score and its report. */
function lacksReport({ run, isStopped, wasFinished }: TrainedRun): boolean {
  return !isStopped && !(wasFinished && existsSync(join(run, "report.html")));
}

/** A run without its report is a run still: what kept it from being written is said, and how to write it. */
async function reportRun(
  { run, wasFinished }: TrainedRun,
  meter: ResourceMeter,
  { language }: TrainFlags,
  { report, signal }: { readonly report: TrainReport; readonly signal: AbortSignal },
): Promise<void> {
  try {
    const resources = wasFinished ? undefined : meter.finish();
    const { html } = await writeReport(run, { language, resources, signal });
    report.note(`The report is ${html}.`);
  } catch (error) {
    report.note(`The report was not written: ${messageOf(error)} Write it by: sinter report ${run}`);
  }
}

async function startJob(folder: string, flags: TrainFlags, common: JobOptions): Promise<TrainedRun | CrossValidation> {
  const {
    resume,
    json: _json,
    device: _device,
    threads: _threads,
    language: _language,
    model,
    augment,
    folds,
    ...rest
  } = flags;
  if (resume !== undefined) {
    return resumeImageClassifier(resume, { ...common, loadModel: (name) => importModel(join(resume, name)) });
  }
  const own = { folder, model: await modelOf(model), augment: await augmentOf(augment) };
  if (folds === undefined) return trainImageClassifier({ ...rest, ...own, ...common });
  const { split: _split, ...others } = rest;
  return crossValidate({ ...others, ...own, ...common, folds });
}
