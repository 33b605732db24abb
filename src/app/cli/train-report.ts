// What `sinter train` says while it works: JSON lines for programs, a progress line and words for people.

import type { CrossValidation } from "#app/tasks/cross-validate.ts";
import type { TrainedRun } from "#app/tasks/image-classification.ts";
import { SinterError } from "#entry/node.ts";
import type { TrainEvent } from "#app/tasks/train-options.ts";
import { table, type Output } from "./output.ts";
import { describeMetrics, formatDuration, formatNumber, formatRate, ProgressLine } from "./progress.ts";
import { describeScores } from "./score-table.ts";

/** Broken pictures named one by one; the rest are counted. */
const numBrokenShown = 5;

/** Shows the events of a training. Disposing takes the progress line away. */
export class TrainReport {
  readonly #output: Output;
  readonly #line: ProgressLine;
  /** The folder of the run, once there is one with something in it. */
  #run: string | undefined;
  #numSaved = 0;

  constructor(output: Output) {
    this.#output = output;
    this.#line = new ProgressLine(output.lines);
  }

  /** Shows one event. */
  show(event: TrainEvent): void {
    switch (event.kind) {
      case "data":
        return this.#showData(event);
      case "fold":
        this.#output.event({ event: "fold", fold: event.fold, folds: event.folds, run: event.run });
        return this.note(`\nfold ${event.fold}/${event.folds}`);
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
        return this.note(`warning: ${event.message}`);
      case "learningRate":
        this.#output.event({ event: "learningRate", learningRate: event.learningRate, numSteps: event.numSteps });
        return this.note(
          `rate         ${formatNumber(event.learningRate)}, by a range test of ${event.numSteps} steps`,
        );
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
    if (this.#run !== undefined && this.#numSaved > 0) this.note(goOn(this.#run));
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
    if (isStopped) {
      const what = bestEpoch === 0 ? "The weights after the last step are" : `The best epoch so far (${bestEpoch}) is`;
      this.note(`Stopped. ${what} in ${run}. ${goOn(run)}`);
    } else if (wasFinished)
      this.note(`${run} is finished: the model of epoch ${bestEpoch} is in it. Nothing was done.`);
    else this.note(`The model of epoch ${bestEpoch} is in ${run}. Use it: sinter predict ${run} PICTURE`);
  }

  /** The last words of a cross-validation. */
  endFolds({ run, isStopped, folds, scores = {}, confusion }: CrossValidation): void {
    this.#output.event({ event: "end", run, isStopped, numFolds: folds.length, scores, confusion });
    if (isStopped) {
      const last = folds.at(-1)?.run ?? run;
      return this.note(`Stopped in fold ${folds.length}. Its training goes on with: sinter train --resume ${last}`);
    }
    const rows = Object.entries(scores).map(([name, { mean, standardDeviation }]) => [
      name,
      mean.toFixed(4),
      standardDeviation.toFixed(4),
    ]);
    this.note(`\nOver ${folds.length} folds:\n${table([["score", "mean", "± deviation"], ...rows])}`);
    this.note(`The runs and cross-validation.json are in ${run}.`);
  }

  [Symbol.dispose](): void {
    this.#line.finish();
  }

  #showData({ run, classNames, numTrain, numValidation, numTest, sources }: EventOf<"data">): void {
    this.#run = run;
    this.#output.event({ event: "data", run, classNames, numTrain, numValidation, numTest, sources });
    const classes = classNames.length > 12 ? `${classNames.length} classes` : classNames.join(", ");
    this.note(`classes      ${classes}`);
    this.note(`training     ${numTrain} pictures from ${sources.train}`);
    this.note(`validation   ${numValidation} pictures ${sources.validation}`);
    this.note(`test         ${sources.test === undefined ? "none given" : `${numTest} pictures from ${sources.test}`}`);
  }

  #showResumed({ run, epoch, step }: EventOf<"resumed">): void {
    this.#output.event({ event: "resumed", run, epoch, step });
    this.#numSaved += 1;
    this.note(`going on after ${epoch} epochs${step === 0 ? "" : ` and ${step} steps`}`);
  }

  #showModel({ name, numWeights }: EventOf<"model">): void {
    this.#output.event({ event: "model", name, numWeights });
    this.note(`model        ${name}, ${numWeights.toLocaleString("en")} weights`);
  }

  #showEpoch({ epoch, numEpochs, seconds, imagesPerSecond, metrics, isBest }: EventOf<"epoch">): void {
    this.#output.event({ event: "epoch", epoch, ...metrics, seconds, imagesPerSecond, isBest });
    const speed = `${formatDuration(seconds)}  ${formatRate(imagesPerSecond)} images/s`;
    this.note(`epoch ${epoch}/${numEpochs}  ${speed}  ${describeMetrics(metrics)}${isBest ? "  best" : ""}`);
  }

  #showBroken({ pictures }: EventOf<"broken">): void {
    this.#output.event({ event: "broken", pictures });
    this.note(`${pictures.length} pictures could not be read and were left out (all in broken.json):`);
    for (const { file, reason } of pictures.slice(0, numBrokenShown)) this.note(`  ${file}: ${reason}`);
    if (pictures.length > numBrokenShown) this.note(`  and ${pictures.length - numBrokenShown} more`);
  }

  #showCalibration({ calibration: { temperature, before, after } }: EventOf<"calibration">): void {
    this.#output.event({ event: "calibration", temperature, before, after });
    const change = (name: keyof typeof before): string =>
      `${formatNumber(before[name])} → ${formatNumber(after[name])}`;
    this.note(
      `calibrated   temperature ${formatNumber(temperature)}  log loss ${change("logLoss")}  ` +
        `calibration error ${change("expectedCalibrationError")}`,
    );
  }

  #showEvaluation({ part, scores }: EventOf<"evaluation">): void {
    this.#output.event({ event: "evaluation", part, ...scores });
    const warning = part === "validation" ? ", which also chose the epoch: expect a little less on new pictures" : "";
    this.note(`\nOn the ${part} part${warning}:\n${describeScores(scores)}\n`);
  }
}

function goOn(run: string): string {
  return `Go on with: sinter train --resume ${run}`;
}

type EventOf<Kind extends TrainEvent["kind"]> = Extract<TrainEvent, { readonly kind: Kind }>;
