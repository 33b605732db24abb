// What `sinter train` says while it works: JSON lines for programs, a progress line and words for people.

import type { CrossValidation } from "#app/tasks/cross-validate.ts";
import type { TrainedRun } from "#app/tasks/image-classification.ts";
import { fill } from "#app/tasks/report/texts.ts";
import { SinterError } from "#entry/node.ts";
import type { TrainEvent } from "#app/tasks/train-options.ts";
import { padded, table, type Output } from "./output.ts";
import { describeMetrics, describeSpeed, formatDuration, formatNumber, metricName, ProgressLine } from "./progress.ts";
import { describeScores } from "./score-table.ts";
import type { CliTexts } from "./texts.ts";

/** Broken pictures named one by one; the rest are counted. */
const numBrokenShown = 5;
const labelWidth = 13;

/** Shows the events of a training. Disposing takes the progress line away. */
export class TrainReport {
  readonly #output: Output;
  readonly #texts: CliTexts;
  readonly #line: ProgressLine;
  /** The folder of the run, once there is one with something in it. */
  #run: string | undefined;
  #numSaved = 0;

  constructor(output: Output) {
    this.#output = output;
    this.#texts = output.texts;
    this.#line = new ProgressLine(output.lines, output.texts);
  }

  /** Shows one event. */
  show(event: TrainEvent): void {
    switch (event.kind) {
      case "data":
        return this.#showData(event);
      case "fold":
        this.#output.event({ event: "fold", fold: event.fold, folds: event.folds, run: event.run });
        return this.note(`\n${fill(this.#texts.foldOf, { fold: event.fold, folds: event.folds })}`);
      case "model":
        return this.#showModel(event);
      case "step":
        return this.#line.step(event);
      case "epoch":
        return this.#showEpoch(event);
      case "broken":
        return this.#showBroken(event);
      case "resumed":
        return this.#showResumed(event);
      case "saving":
        return this.#output.event({ event: "saving", checkpoint: event.checkpoint });
      case "saved":
        this.#numSaved += 1;
        return this.#output.event({ event: "saved", checkpoint: event.checkpoint });
      case "warning":
        this.#output.event({ event: "warning", message: event.message });
        return this.note(fill(this.#texts.warning, { message: event.message }));
      case "features":
        return this.#showFeatures(event);
      case "learningRate":
        return this.#showRate(event);
      case "calibration":
        return this.#showCalibration(event);
      case "evaluation":
        return this.#showEvaluation(event);
      default:
        return event satisfies never;
    }
  }

  /** A line for people, above the progress line. */
  note(text: string): void {
    this.#line.say(text);
  }

  /** Before an error is told: how to go on, where going on does not lead to the same error. */
  fail(error: unknown): void {
    if (error instanceof SinterError && error.code === "data") return;
    if (this.#run !== undefined && this.#numSaved > 0) this.note(fill(this.#texts.goOn, { run: this.#run }));
  }

  /** The last words. */
  end({ run, bestEpoch, isStopped, wasFinished, part, scores }: TrainedRun): void {
    this.#output.event({
      event: "end",
      run,
      bestEpoch,
      isStopped,
      wasFinished,
      ...(scores === undefined ? {} : { part, loss: scores.loss, accuracy: scores.accuracy }),
    });
    const { stoppedWithWeights, stoppedWithBest, wasFinished: finished, trained, goOn } = this.#texts;
    const stopped = bestEpoch === 0 ? stoppedWithWeights : stoppedWithBest;
    const text = isStopped ? stopped : wasFinished ? finished : trained;
    this.note(fill(text, { run, bestEpoch, goOn: fill(goOn, { run }) }));
  }

  /** The last words of a cross-validation. */
  endFolds({ run, isStopped, folds, scores = {}, confusion }: CrossValidation): void {
    this.#output.event({ event: "end", run, isStopped, numFolds: folds.length, scores, confusion });
    if (isStopped) {
      const last = folds.at(-1)?.run ?? run;
      return this.note(fill(this.#texts.stoppedInFold, { fold: folds.length, run: last }));
    }
    const { score, mean: meanHead, deviation, overFolds, foldsAreIn } = this.#texts;
    const rows = Object.entries(scores).map(([name, { mean, standardDeviation }]) => [
      metricName(this.#texts, name),
      mean.toFixed(4),
      standardDeviation.toFixed(4),
    ]);
    this.note(`\n${fill(overFolds, { count: folds.length })}\n${table([[score, meanHead, deviation], ...rows])}`);
    this.note(fill(foldsAreIn, { run }));
  }

  [Symbol.dispose](): void {
    this.#line.finish();
  }

  #showData({ run, classNames, numTrain, numValidation, numTest, isSplit, sources }: EventOf<"data">): void {
    this.#run = run;
    this.#output.event({ event: "data", run, classNames, numTrain, numValidation, numTest, sources });
    const texts = this.#texts;
    const count = classNames.length;
    const pictures = (numPictures: number, folder: string): string =>
      fill(texts.picturesFrom, { count: numPictures, folder });
    const validation = isSplit
      ? fill(texts.picturesSplit, { count: numValidation, folder: sources.train })
      : pictures(numValidation, sources.validation);
    this.#fact(texts.classes, count > 12 ? fill(texts.numClasses, { count }) : classNames.join(", "));
    this.#fact(texts.training, pictures(numTrain, sources.train));
    this.#fact(texts.validation, validation);
    this.#fact(texts.test, sources.test === undefined ? texts.noTest : pictures(numTest, sources.test));
  }

  #fact(label: string, text: string): void {
    this.note(`${padded(label, labelWidth)}${text}`);
  }

  #showResumed({ run, epoch, step }: EventOf<"resumed">): void {
    this.#output.event({ event: "resumed", run, epoch, step });
    this.#numSaved += 1;
    this.note(fill(step === 0 ? this.#texts.goingOn : this.#texts.goingOnInside, { epoch, step }));
  }

  #showModel({ name, numWeights }: EventOf<"model">): void {
    this.#output.event({ event: "model", name, numWeights });
    this.#fact(this.#texts.model, fill(this.#texts.modelSize, { name, numWeights: numWeights.toLocaleString("en") }));
  }

  #showEpoch({ epoch, numEpochs, seconds, imagesPerSecond, metrics, isBest }: EventOf<"epoch">): void {
    this.#output.event({ event: "epoch", epoch, ...metrics, seconds, imagesPerSecond, isBest });
    const texts = this.#texts;
    const parts = [
      fill(texts.epochOf, { epoch, numEpochs }),
      formatDuration(texts, seconds),
      describeSpeed(texts, imagesPerSecond),
      describeMetrics(texts, metrics),
      ...(isBest ? [texts.best] : []),
    ];
    this.note(parts.join("  "));
  }

  #showBroken({ pictures }: EventOf<"broken">): void {
    this.#output.event({ event: "broken", pictures });
    this.note(fill(this.#texts.brokenPictures, { count: pictures.length }));
    for (const { file, reason } of pictures.slice(0, numBrokenShown)) this.note(`  ${file}: ${reason}`);
    const count = pictures.length - numBrokenShown;
    if (count > 0) this.note(`  ${fill(this.#texts.andMore, { count })}`);
  }

  #showFeatures({ done, total, seconds }: EventOf<"features">): void {
    const texts = this.#texts;
    if (done < total) return this.#line.status(fill(texts.featuresOf, { done, total }));
    this.#output.event({ event: "features", count: total, seconds });
    this.#fact(texts.features, fill(texts.featuresDone, { count: total, time: formatDuration(texts, seconds) }));
  }

  #showRate({ learningRate, numSteps }: EventOf<"learningRate">): void {
    this.#output.event({ event: "learningRate", learningRate, numSteps });
    this.#fact(this.#texts.rate, fill(this.#texts.rateFound, { rate: formatNumber(learningRate), numSteps }));
  }

  #showCalibration({ calibration: { temperature, before, after } }: EventOf<"calibration">): void {
    this.#output.event({ event: "calibration", temperature, before, after });
    const change = (name: keyof typeof before): string =>
      `${formatNumber(before[name])} → ${formatNumber(after[name])}`;
    const values = {
      temperature: formatNumber(temperature),
      logLoss: change("logLoss"),
      error: change("expectedCalibrationError"),
    };
    this.note(fill(this.#texts.calibrated, values));
  }

  #showEvaluation({ part, scores }: EventOf<"evaluation">): void {
    this.#output.event({ event: "evaluation", part, ...scores });
    const head = part === "validation" ? this.#texts.onValidation : this.#texts.onTest;
    this.note(`\n${head}\n${describeScores(this.#texts, scores)}\n`);
  }
}

type EventOf<Kind extends TrainEvent["kind"]> = Extract<TrainEvent, { readonly kind: Kind }>;
