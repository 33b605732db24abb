// The report's sections about scores: curves of the training, confusion, classes, ranking, calibration.

import { fitCurve, rateCurveFrom } from "../rate-chart.ts";
import { chartOfEpochs, epochAxis } from "./epoch-charts.ts";
import type { ClassCurves, ReportFacts } from "./gather.ts";
import { html, type Markup } from "./html.ts";
import { section, type SectionContext } from "./section.ts";
import { reliabilityChart } from "./svg-bars.ts";
import { tickText } from "./svg-frame.ts";
import { lineChart, type Series } from "./svg-lines.ts";
import { matrixChart } from "./svg-matrix.ts";
import { decimal, fill, grouped, percent, type ReportTexts } from "./texts.ts";

/** Classes drawn in one chart: as many as their lines can be told apart. */
const maxDrawn = 6;

/** Loss, accuracy and learning rate over the epochs. */
export function curvesSection(context: SectionContext): Markup {
  const { facts, texts } = context;
  if (facts.record.history.length === 0) return section("curves", texts.curves, html`<p>${texts.noHistory}</p>`);
  const charts = [
    chartOfEpochs(context, "loss"),
    chartOfEpochs(context, "accuracy"),
    rateChart(context),
    rangeTestChart(context),
  ];
  return section(
    "curves",
    texts.curves,
    html`<p class="note">${texts.curvesNote}</p>
      <div class="charts">${charts}</div>
      ${hasRates(facts) ? undefined : constantRate(context)}`,
  );
}

function hasRates({ record }: ReportFacts): boolean {
  return record.history.some(({ values }) => values["learningRate"] !== undefined);
}

function constantRate({ facts, texts }: SectionContext): Markup | undefined {
  const rate = facts.record.config["learningRate"];
  return typeof rate === "number" ? html`<p class="note">${fill(texts.rateConstant, { rate })}</p>` : undefined;
}

function rateChart({ facts, texts }: SectionContext): Markup | undefined {
  const fixed = facts.record.config["learningRate"];
  const points = facts.record.history.flatMap(({ epoch, values }): [number, number][] => {
    const rate = values["learningRate"] ?? fixed;
    return typeof rate === "number" && rate > 0 ? [[epoch, rate]] : [];
  });
  const rates = points.map(([, rate]) => rate);
  const [first, last] = [rates[0], rates.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const [least, most] = [Math.min(...rates), Math.max(...rates)];
  const isLogarithmic = most / least > 20;
  return lineChart({
    id: "chart-rate",
    title: texts.learningRate,
    description: fill(texts.rateDescription, { numEpochs: points.length, first, last }),
    x: epochAxis(facts, texts),
    y: {
      label: texts.learningRate,
      from: isLogarithmic ? least / 1.5 : 0,
      to: most * (isLogarithmic ? 1.5 : 1.1),
      isLogarithmic,
    },
    series: [{ name: texts.learningRate, points }],
  });
}

/** The loss by learning rate of the range test that chose it. */
function rangeTestChart({ facts, texts }: SectionContext): Markup | undefined {
  const curve = rateCurveFrom(facts.record.rateCurve);
  if (curve === undefined) return undefined;
  const { rates, losses } = fitCurve(curve);
  const { points, suggestion } = curve;
  return lineChart({
    id: "chart-range-test",
    title: texts.rangeTest,
    description: fill(texts.rangeTestDescription, {
      numSteps: points.length,
      first: tickText(rates[0]),
      last: tickText(rates[1]),
      suggestion: suggestion === undefined ? "–" : tickText(suggestion),
    }),
    x: { label: texts.learningRate, from: rates[0], to: rates[1], isLogarithmic: true },
    y: { label: texts.loss, from: losses[0], to: losses[1] },
    series: [{ name: texts.rangeTest, points: points.map((one) => [one.learningRate, one.smoothedLoss]) }],
    hasMarkers: false,
    mark: suggestion === undefined ? undefined : { at: suggestion, name: tickText(suggestion) },
  });
}

/** Counts of true classes against answers. */
export function confusionSection({ facts, texts }: SectionContext): Markup {
  const { scores, classNames, pairs } = facts;
  const right = scores.confusion.reduce((sum, row, label) => sum + (row[label] ?? 0), 0);
  const [worst] = pairs;
  const words =
    worst === undefined
      ? ""
      : fill(texts.confusionWorst, {
          label: classNames[worst.label] ?? "",
          given: classNames[worst.given] ?? "",
          count: worst.count,
        });
  const chart = matrixChart({
    id: "chart-confusion",
    title: texts.confusion,
    description: fill(texts.confusionDescription, { right, total: scores.numSamples, worst: words }),
    counts: scores.confusion,
    classNames,
    rowLabel: texts.trueClass,
    columnLabel: texts.givenClass,
  });
  return section(
    "confusion",
    texts.confusion,
    html`<p class="note">${texts.confusionNote}</p>
      ${chart}`,
  );
}

/** Precision, recall, F1 and support of every class. */
export function classesSection({ facts, texts }: SectionContext): Markup {
  const { scores, curves } = facts;
  const rows = scores.perClass.map(({ name, precision, recall, f1, auc, support }, label) => {
    const precisions = curves.find((curve) => curve.label === label)?.averagePrecision;
    return html`<tr>
      <th scope="row" translate="no">${name}</th>
      <td>${decimal(precision)}</td>
      <td>${decimal(recall)}</td>
      <td>${decimal(f1)}</td>
      <td>${decimal(auc)}</td>
      <td>${decimal(precisions)}</td>
      <td>${grouped(support)}</td>
    </tr>`;
  });
  const heads = classHeads(texts).map((head) => html`<th scope="col">${head}</th>`);
  return section(
    "classes",
    texts.perClass,
    html`<p class="note">${texts.perClassNote}</p>
      <div class="scroll" tabindex="0">
        <table>
          <thead>
            <tr>
              ${heads}
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>`,
  );
}

function classHeads(texts: SectionContext["texts"]): readonly string[] {
  const { className, precision, recall, f1, auc, averagePrecision, support } = texts;
  return [className, precision, recall, f1, auc, averagePrecision, support];
}

/** ROC and precision-recall curves. */
export function rankingSection({ facts, texts }: SectionContext): Markup {
  const isBinary = facts.classNames.length === 2;
  const drawn = facts.curves
    .filter(({ label }) => !isBinary || label === 1)
    .filter(({ roc, precisionRecall }) => roc.length > 0 && precisionRecall.length > 0)
    .toSorted((a, b) => (a.auc ?? 1) - (b.auc ?? 1))
    .slice(0, maxDrawn);
  const note = rankingNote(facts, texts, drawn.length);
  return section(
    "ranking",
    texts.ranking,
    html`<p class="note">${note}</p>
      <div class="charts">${rocChart(drawn, texts)}${precisionChart(drawn, texts)}</div>`,
  );
}

function rankingNote({ classNames, curves }: ReportFacts, texts: ReportTexts, shown: number): string {
  if (classNames.length === 2) return fill(texts.rankingNoteBinary, { name: classNames[1] ?? "" });
  if (shown === curves.length) return texts.rankingNoteAll;
  return fill(texts.rankingNoteMany, { shown, total: classNames.length });
}

function rocChart(drawn: readonly ClassCurves[], texts: SectionContext["texts"]): Markup {
  const lines = drawn.map(({ name, auc, roc }): Series => ({
    name: `${name} (${decimal(auc)})`,
    points: roc.map(({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate]),
  }));
  const chance: Series = {
    name: "",
    points: [
      [0, 0],
      [1, 1],
    ],
    isReference: true,
  };
  const areas = drawn.map(({ name, auc }) => `${name} ${decimal(auc)}`).join(", ");
  return lineChart({
    id: "chart-roc",
    title: texts.rocTitle,
    description: fill(texts.areaDescription, { areas }),
    x: { label: texts.falsePositiveRate, from: 0, to: 1 },
    y: { label: texts.truePositiveRate, from: 0, to: 1 },
    series: [chance, ...lines],
    hasMarkers: false,
    isData: true,
  });
}

function precisionChart(drawn: readonly ClassCurves[], texts: SectionContext["texts"]): Markup {
  const lines = drawn.map(({ name, averagePrecision, precisionRecall }): Series => ({
    name: `${name} (${decimal(averagePrecision)})`,
    points: precisionRecall.map(({ recall, precision }) => [recall, precision]),
  }));
  const areas = drawn.map(({ name, averagePrecision }) => `${name} ${decimal(averagePrecision)}`).join(", ");
  return lineChart({
    id: "chart-pr",
    title: texts.prTitle,
    description: fill(texts.areaDescription, { areas }),
    x: { label: texts.recall, from: 0, to: 1 },
    y: { label: texts.precision, from: 0, to: 1 },
    series: lines,
    hasMarkers: false,
    isData: true,
  });
}

/** Whether probabilities can be taken at their word. */
export function calibrationSection({ facts, texts }: SectionContext): Markup {
  const { calibration, meanConfidence, scores } = facts;
  const words = fill(texts.calibrationError, {
    error: decimal(calibration.expectedCalibrationError),
    confidence: percent(meanConfidence),
    accuracy: percent(scores.accuracy),
  });
  const chart = reliabilityChart({
    id: "chart-calibration",
    title: texts.calibration,
    description: words,
    bins: calibration.bins,
    xLabel: texts.confidence,
    yLabel: texts.shareRight,
  });
  return section(
    "calibration",
    texts.calibration,
    html`<p>${words}</p>
      <p class="note">${texts.calibrationNote}</p>
      <div class="charts">${chart}</div>`,
  );
}
