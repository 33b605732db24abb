// Charts over epochs: a number on the training and on the validation part, with the best epoch marked.

import type { ReportFacts } from "./gather.ts";
import type { Markup } from "./html.ts";
import type { SectionContext } from "./section.ts";
import { roundTicks, type Axis } from "./svg-frame.ts";
import { lineChart, type Series } from "./svg-lines.ts";
import { decimal, fill, type ReportTexts } from "./texts.ts";

/** The axis that counts epochs. */
export function epochAxis({ record }: ReportFacts, texts: ReportTexts): Axis {
  const epochs = record.history.map(({ epoch }) => epoch);
  const [from, to] = [Math.min(...epochs), Math.max(...epochs)];
  return { label: texts.epoch, from, to, ticks: roundTicks(from, to).filter((tick) => Number.isInteger(tick)) };
}

/** Loss or accuracy, training and validation. */
export function chartOfEpochs({ facts, texts }: SectionContext, name: "loss" | "accuracy"): Markup | undefined {
  const { history } = facts.record;
  const pick = (key: string): [number, number][] =>
    history.map(({ epoch, values }) => [epoch, values[key] ?? Number.NaN]);
  const validationName = name === "loss" ? "valLoss" : "valAccuracy";
  const series: Series[] = [
    { name: texts.training, points: pick(name) },
    { name: texts.validation, points: pick(validationName) },
  ];
  const values = series.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  if (values.length === 0) return undefined;
  const last = history.at(-1)?.values ?? {};
  return lineChart({
    id: `chart-${name}`,
    title: texts[name],
    description: fill(texts.curveDescription, {
      name: texts[name],
      numEpochs: history.length,
      train: decimal(last[name]),
      validation: decimal(last[validationName]),
    }),
    x: epochAxis(facts, texts),
    y: { label: texts[name], ...range(values, name) },
    series,
    mark:
      facts.bestEpoch === undefined || facts.bestEpoch === 0 ? undefined : { at: facts.bestEpoch, name: texts.best },
  });
}

/** A loss is shown from 0; accuracy ends at 1 and begins below its least value. */
function range(values: readonly number[], name: "loss" | "accuracy"): { readonly from: number; readonly to: number } {
  if (name === "loss") return { from: 0, to: Math.max(...values) * 1.05 || 1 };
  return { from: Math.min(0.9, Math.max(0, Math.floor(Math.min(...values) * 10 - 0.5) / 10)), to: 1 };
}
