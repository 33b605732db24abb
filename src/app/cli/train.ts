// `sinter train`: its flags, and how they become a job.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { crossValidate, type CrossValidation } from "#app/tasks/cross-validate.ts";
import { resumeImageClassifier, trainImageClassifier, type TrainedRun } from "#app/tasks/image-classification.ts";
import { modelNames } from "#app/tasks/image-model.ts";
import { fill } from "#app/tasks/report/texts.ts";
import { writeReport } from "#app/tasks/report/write-report.ts";
import type { TrainEvent, TrainOptions } from "#app/tasks/train-options.ts";
import { closeDevice, messageOf, SinterError, useDevice } from "#entry/node.ts";
import { frozenLayers, positive, rate, wholeNumber } from "./arguments.ts";
import type { CommandContext } from "./context.ts";
import { environmentFacts } from "./environment.ts";
import { Interrupt } from "./interrupt.ts";
import { createOutput } from "./output.ts";
import { ResourceMeter } from "./resource-meter.ts";
import type { CliTexts } from "./texts.ts";
import { addDataFlags, addDeviceFlags, addModelFlags, augmentOf, modelOf, type SharedFlags } from "./train-flags.ts";
import { TrainReport } from "./train-report.ts";
import { importModel } from "./user-files.ts";

interface TrainFlags extends SharedFlags {
  readonly validation?: string;
  readonly test?: string;
  readonly folds?: number;
  readonly epochs?: number;
  readonly freeze?: number | "all" | "none";
  readonly fineTuneEpochs?: number;
  readonly fineTuneRate?: number;
  readonly variants?: number;
  readonly stepsPerEpoch?: number;
  readonly learningRate: number | "auto";
  readonly calibrate?: boolean;
  readonly earlyStopping?: number;
  readonly checkpointSteps?: number;
  readonly tensorboard?: string | true;
  readonly out?: string;
  readonly resume?: string;
  readonly json?: boolean;
}

/** Adds the command. */
export function addTrainCommand(program: Command, context: CommandContext): void {
  const { texts, finish } = context;
  const command = program.command("train").description(texts.commandTrain).argument("[FOLDER]", texts.argumentFolder);
  command.option("--validation <FOLDER>", texts.flagValidation).option("--test <FOLDER>", texts.flagTest);
  addDataFlags(command, texts);
  addModelFlags(command, texts);
  addLearningFlags(command, texts);
  addDeviceFlags(command, texts)
    .option("--checkpoint-steps <N>", texts.flagCheckpointSteps, wholeNumber(texts, 1))
    .option("--tensorboard [FOLDER]", texts.flagTensorboard)
    .option("--out <RUN>", texts.flagOut)
    .option("--resume <RUN>", texts.flagResume)
    .option("--json", texts.flagJsonEvents)
    .addHelpText("after", fill(texts.afterTrain, { networks: modelNames.filter((name) => name !== "cnn").join(", ") }))
    .action(async (folder: string | undefined, flags: TrainFlags) => {
      const given = Object.keys(flags).filter((name) => command.getOptionValueSource(name) === "cli");
      checkUse(texts, folder, flags, given);
      finish(await train(folder ?? "", flags, context));
    });
}

function addLearningFlags(command: Command, texts: CliTexts): void {
  command
    .option("--epochs <N>", texts.flagEpochs, wholeNumber(texts, 1))
    .option("--steps-per-epoch <N>", texts.flagStepsPerEpoch, wholeNumber(texts, 1))
    .option("--learning-rate <RATE>", texts.flagLearningRate, rate(texts), 1e-3)
    .option("--freeze <all|N|none>", texts.flagFreeze, frozenLayers(texts))
    .option("--fine-tune-epochs <N>", texts.flagFineTuneEpochs, wholeNumber(texts, 0))
    .option("--fine-tune-rate <RATE>", texts.flagFineTuneRate, positive(texts))
    .option("--variants <N>", texts.flagVariants, wholeNumber(texts, 1))
    .option("--calibrate", texts.flagCalibrate)
    .option("--early-stopping <N>", texts.flagEarlyStopping, wholeNumber(texts, 1))
    .option("--folds <N>", texts.flagFolds, wholeNumber(texts, 2));
}

/** Flags that may stand beside --resume: they change no bit of the result. */
const freeFlags = ["resume", "json", "device", "threads"];

/** Flags that choose a validation or test part: a cross-validation has its own. */
const partFlags = ["validation", "test", "split"];

/** @throws option without a folder, or with flags that do not go together */
function checkUse(
  texts: CliTexts,
  folder: string | undefined,
  { resume, folds }: TrainFlags,
  given: readonly string[],
): void {
  const parts = given.filter((name) => partFlags.includes(name)).map((name) => `--${name}`);
  if (folds !== undefined && parts.length > 0) {
    throw new SinterError("option", fill(texts.foldsWithParts, { flags: parts.join(", ") }), { folds, parts });
  }
  if (resume === undefined && folder === undefined) {
    throw new SinterError("option", texts.folderMissing);
  }
  if (resume === undefined) return;
  const own = given.filter((name) => !freeFlags.includes(name)).map((name) => `--${kebabCase(name)}`);
  const extra = folder === undefined ? own : [folder, ...own];
  if (extra.length === 0) return;
  throw new SinterError("option", fill(texts.resumeWithMore, { run: resume, extra: extra.join(", ") }), {
    resume,
    extra,
  });
}

function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

async function train(folder: string, flags: TrainFlags, context: CommandContext): Promise<number> {
  const { json = false, device, threads } = flags;
  const output = createOutput(json, context.texts);
  await useDevice(device, threads === undefined ? {} : { threads });
  const report = new TrainReport(output);
  const interrupt = new Interrupt(() => report.note(context.texts.stoppingTraining));
  try {
    const run = await runJob(folder, flags, { context, report, signal: interrupt.signal });
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

interface Job {
  readonly context: CommandContext;
  readonly report: TrainReport;
  readonly signal: AbortSignal;
}

async function runJob(folder: string, flags: TrainFlags, job: Job): Promise<TrainedRun | CrossValidation> {
  const { context, report, signal } = job;
  const meter = new ResourceMeter();
  const onProgress = (event: TrainEvent): void => {
    meter.observe(event);
    report.show(event);
  };
  const options = { environment: environmentFacts(), signal, onProgress };
  const run = await startJob(folder, flags, context.texts, options);
  if (!("folds" in run) && lacksReport(run)) await reportRun(run, meter, job);
  return run;
}

/** A run that is done, now or before: a process may have been killed between its last score and its report. */
function lacksReport({ run, isStopped, wasFinished }: TrainedRun): boolean {
  return !isStopped && !(wasFinished && existsSync(join(run, "report.html")));
}

/** A run without its report is a run still: what kept it from being written is said, and how to write it. */
async function reportRun({ run, wasFinished }: TrainedRun, meter: ResourceMeter, job: Job): Promise<void> {
  const { context, report, signal } = job;
  const { language, texts } = context;
  try {
    const resources = wasFinished ? undefined : meter.finish();
    const { html } = await writeReport(run, { language, resources, signal });
    report.note(fill(texts.reportIs, { html }));
  } catch (error) {
    report.note(fill(texts.reportFailed, { problem: messageOf(error), run }));
  }
}

async function startJob(
  folder: string,
  flags: TrainFlags,
  texts: CliTexts,
  common: JobOptions,
): Promise<TrainedRun | CrossValidation> {
  const {
    resume,
    json: _json,
    device: _device,
    threads: _threads,
    model,
    augment,
    cache,
    folds,
    tensorboard,
    ...rest
  } = flags;
  if (resume !== undefined) {
    return resumeImageClassifier(resume, { ...common, loadModel: (name) => importModel(texts, join(resume, name)) });
  }
  const own = {
    folder,
    diskCache: cache,
    tensorBoard: tensorboard,
    model: await modelOf(texts, model),
    augment: await augmentOf(texts, augment),
  };
  if (folds === undefined) return trainImageClassifier({ ...rest, ...own, ...common });
  const { split: _split, ...others } = rest;
  return crossValidate({ ...others, ...own, ...common, folds });
}
