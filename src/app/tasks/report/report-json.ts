// report.json: every number of a report, for programs. Holds no picture.

import type { JsonObject } from "../run-folder.ts";
import type { ExplainedAnswer, ReportFacts } from "./gather.ts";
import type { Answer } from "./predictions.ts";
import { energyOf } from "./resources.ts";

/** The report's numbers as JSON. `version` changes when a field changes its meaning. */
export function reportJson(facts: ReportFacts): JsonObject {
  const { record, scores, resources, speed, calibration } = facts;
  return {
    version: 1,
    run: record.path,
    part: facts.part,
    bestEpoch: facts.bestEpoch ?? null,
    classNames: [...facts.classNames],
    scores: {
      ...scores,
      confusion: scores.confusion.map((row) => [...row]),
      perClass: scores.perClass.map((one) => ({ ...one })),
    },
    curves: facts.curves.map(({ roc, precisionRecall, ...curve }) => ({
      ...curve,
      roc: roc.map(({ falsePositiveRate, truePositiveRate }) => [short(falsePositiveRate), short(truePositiveRate)]),
      precisionRecall: precisionRecall.map(({ recall, precision }) => [short(recall), short(precision)]),
    })),
    calibration: { ...calibration, bins: calibration.bins.map((bin) => ({ ...bin })) },
    history: record.history.map(({ epoch, isBest, values }) => ({ epoch, ...values, isBest })),
    rateCurve: record.rateCurve ?? null,
    ...picturesJson(facts),
    data: dataJson(facts),
    model: {
      numParameters: facts.numParameters,
      flops: facts.layers.reduce((sum, { flops }) => sum + flops, 0),
      layers: facts.layers.map((layer) => ({ ...layer, outputShape: [...layer.outputShape] })),
    },
    resources: resources === undefined ? null : resourcesJson(resources),
    energy: resources === undefined ? null : { ...energyOf(resources) },
    speed: { ...speed },
    config: record.config,
    environment: record.environment,
  };
}

function picturesJson(facts: ReportFacts): JsonObject {
  return {
    mistakes: facts.mistakes.map((answer) => answerJson(answer, facts.classNames)),
    hits: facts.hits.map((answer) => answerJson(answer, facts.classNames)),
    confusedPairs: facts.pairs.map(({ label, given, count, answers }) => ({
      label: facts.classNames[label],
      given: facts.classNames[given],
      count,
      files: answers.map(({ file }) => file),
    })),
    occlusion: facts.occlusion.map(occlusionJson),
    augmented: facts.augmentation.map(({ index, file, variants }) => ({ index, file, numVariants: variants.length })),
  };
}

function dataJson(facts: ReportFacts): JsonObject {
  return {
    parts: facts.counts.map(({ byClass, ...count }) => ({ ...count, byClass: [...byClass] })),
    numBroken: facts.numBroken,
    check: dataCheckJson(facts),
  };
}

/** Digits enough for a drawn curve. */
function short(value: number): number {
  return Number(value.toFixed(6));
}

function resourcesJson({ phases, ...numbers }: NonNullable<ReportFacts["resources"]>): JsonObject {
  return { ...numbers, phases: phases.map((phase) => ({ ...phase })) };
}

function answerJson({ file, label, given, probabilities }: Answer, classNames: readonly string[]): JsonObject {
  return {
    file,
    label: classNames[label],
    given: classNames[given],
    probability: probabilities[given],
    probabilityOfLabel: probabilities[label],
  };
}

function occlusionJson({ answer, map }: ExplainedAnswer): JsonObject {
  const { numRows, numColumns, drops } = map;
  return { file: answer.file, numRows, numColumns, drops: [...drops] };
}

function dataCheckJson({ dataReport }: ReportFacts): JsonObject | null {
  if (dataReport === undefined) return null;
  const { folder, numFiles, numBytes, findings } = dataReport;
  return {
    folder,
    numFiles,
    numBytes,
    findings: findings.map(({ kind, files, message }) => ({ kind, files: [...files], message })),
  };
}
