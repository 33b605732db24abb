// The live progress line: one line that is written over while an epoch runs, plain lines where there is no terminal.
// Gets numbers, writes text; never asks the model for anything.

import { durationText, fill } from "#app/tasks/report/texts.ts";
import { displayWidth } from "./output.ts";
import type { CliTexts } from "./texts.ts";

/** Where lines go. */
export interface LineTarget {
  write(text: string): void;
  /** Whether a line may be written over. */
  readonly isLive: boolean;
  readonly hasColor: boolean;
  /** Columns in a line. */
  readonly numColumns: () => number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** Where an epoch stands. */
export interface StepReport {
  readonly epoch: number;
  readonly numEpochs: number;
  /** Steps done in this epoch. */
  readonly step: number;
  readonly numSteps: number;
  readonly batchSize: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** The line is drawn at most this often. */
const redrawMs = 100;
/** Where there is no terminal, a long epoch says this often that it is alive. */
const plainMs = 30_000;
const barWidth = 20;

/** Draws the progress of epochs. Its life ends with `finish`, which takes the line away. */
export class ProgressLine {
  readonly #target: LineTarget;
  readonly #texts: CliTexts;
  #epoch = 0;
  #epochStart = 0;
  #stepsBefore = 0;
  #drawn = 0;
  #isDrawn = false;

  constructor(target: LineTarget, texts: CliTexts) {
    this.#target = target;
    this.#texts = texts;
  }

  /** Called after every step. */
  step(report: StepReport): void {
    const now = this.#target.now();
    if (report.epoch !== this.#epoch) {
      // The first step's compilation must not count as speed: the clock starts after it.
      this.#epoch = report.epoch;
      this.#epochStart = now;
      this.#stepsBefore = report.step;
      this.#drawn = this.#target.isLive ? Number.NEGATIVE_INFINITY : now;
    }
    const interval = this.#target.isLive ? redrawMs : plainMs;
    if (now - this.#drawn < interval && (report.step < report.numSteps || !this.#target.isLive)) return;
    this.#drawn = now;
    const seconds = (now - this.#epochStart) / 1000;
    const stepsTimed = report.step - this.#stepsBefore;
    const secondsPerStep = stepsTimed === 0 ? undefined : seconds / stepsTimed;
    const plain = describeStep(this.#texts, report, secondsPerStep);
    if (!this.#target.isLive) return this.#target.write(`${plain}\n`);
    const drawn = `${bar(report.step / report.numSteps)} ${plain}`;
    this.#draw(displayWidth(drawn) < this.#numColumns ? drawn : plain);
  }

  /** Something else that takes its time. */
  status(text: string): void {
    const now = this.#target.now();
    if (now - this.#drawn < (this.#target.isLive ? redrawMs : plainMs)) return;
    this.#drawn = now;
    if (this.#target.isLive) this.#draw(text);
    else this.#target.write(`${text}\n`);
  }

  /** Writes a line that stays, above the live one. */
  say(text: string): void {
    this.#clear();
    this.#target.write(`${text}\n`);
  }

  /** Takes the live line away. */
  finish(): void {
    this.#clear();
  }

  [Symbol.dispose](): void {
    this.finish();
  }

  /** Some terminals say 0 for what they do not know. */
  get #numColumns(): number {
    return this.#target.numColumns() || 80;
  }

  #draw(text: string): void {
    const fitted = fit(text, this.#numColumns - 1);
    this.#target.write(`\r\u001B[2K${this.#target.hasColor ? `\u001B[36m${fitted}\u001B[39m` : fitted}`);
    this.#isDrawn = true;
  }

  #clear(): void {
    if (this.#isDrawn) this.#target.write("\r\u001B[2K");
    this.#isDrawn = false;
  }
}

/** The text, cut where it would take more columns. */
function fit(text: string, numColumns: number): string {
  if (displayWidth(text) <= numColumns) return text;
  let kept = "";
  for (const character of text) {
    if (displayWidth(kept + character) >= numColumns) break;
    kept += character;
  }
  return `${kept}…`;
}

/** A step in words. @param secondsPerStep unknown in the first step */
export function describeStep(texts: CliTexts, report: StepReport, secondsPerStep: number | undefined): string {
  const { epoch, numEpochs, step, numSteps, batchSize, metrics } = report;
  const parts = [fill(texts.epochOf, { epoch, numEpochs }), fill(texts.stepOf, { step, numSteps })];
  if (secondsPerStep !== undefined) {
    const numLeft = numSteps - step + (numEpochs - epoch) * numSteps;
    parts.push(
      fill(texts.timeLeft, { time: formatDuration(texts, numLeft * secondsPerStep) }),
      describeSpeed(texts, batchSize / secondsPerStep),
    );
  }
  const values = describeMetrics(texts, metrics);
  if (values !== "") parts.push(values);
  return parts.join("  ");
}

/** `loss 0.4312  accuracy 0.8125` */
export function describeMetrics(texts: CliTexts, metrics: Readonly<Record<string, number | null | undefined>>): string {
  return Object.entries(metrics)
    .filter(([, value]) => typeof value === "number")
    .map(([name, value]) => `${metricName(texts, name)} ${formatNumber(value ?? 0)}`)
    .join("  ");
}

/** The name of a metric as people read it; one of the user's own keeps its name. */
export function metricName(texts: CliTexts, name: string): string {
  const { loss, accuracy, precision, recall, f1, auc, valLoss, valAccuracy } = texts;
  const names = new Map(Object.entries({ loss, accuracy, precision, recall, f1, auc, valLoss, valAccuracy }));
  return names.get(name) ?? name;
}

/** Four digits that mean something. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-3 || magnitude >= 1e5)) return value.toExponential(3);
  return value.toFixed(magnitude >= 100 ? 1 : 4);
}

/** `8 s`, `3 min 20 s`, `2 h 5 min` */
export function formatDuration(texts: CliTexts, seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? fill(texts.seconds, { seconds: whole }) : durationText(texts, whole);
}

/** `64 images/s` */
export function describeSpeed(texts: CliTexts, imagesPerSecond: number): string {
  return fill(texts.speed, { rate: imagesPerSecond.toFixed(imagesPerSecond >= 10 ? 0 : 1) });
}

function bar(share: number): string {
  const numFull = Math.max(0, Math.min(barWidth, Math.round(share * barWidth)));
  return `${"━".repeat(numFull)}${"─".repeat(barWidth - numFull)}`;
}
