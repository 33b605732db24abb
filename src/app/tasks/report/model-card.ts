// model-card.md: what the model is, in the form that Hugging Face reads: YAML in front, Markdown behind.

import type { ReportFacts } from "./gather.ts";
import { partName } from "./page.ts";
import { textIn } from "../json-fields.ts";
import { shortPath } from "./section.ts";
import { decimal, fill, grouped, percent, textsOf, type ReportLanguage, type ReportTexts } from "./texts.ts";

const maxClassNames = 20;

/** The card's text. */
export function modelCard(facts: ReportFacts, language: ReportLanguage): string {
  const texts = textsOf(language);
  const name = cardName(facts);
  return [
    "---",
    ...frontMatter(facts, name),
    "---",
    "",
    `# ${markdown(name)}`,
    "",
    ...introduction(facts, texts),
    ...dataLines(facts, texts),
    ...resultLines(facts, texts),
    ...useLines(facts, texts),
    ...limitLines(facts, texts),
  ].join("\n");
}

function cardName({ record }: ReportFacts): string {
  return record.path.split(/[\\/]/).findLast((part) => part !== "" && part !== "." && part !== "..") ?? "model";
}

/**
 * The license is the owner's to say, so none is given.
 * @source huggingface.co/docs/hub/model-cards, and its modelcard.md for model-index
 */
function frontMatter({ scores, part, record }: ReportFacts, name: string): string[] {
  const { accuracy, precision, recall, f1, auc } = scores;
  const metrics: (readonly [type: string, name: string, value: number])[] = [
    ["accuracy", "Accuracy", accuracy],
    ["precision", "Precision", precision],
    ["recall", "Recall", recall],
    ["f1", "F1", f1],
    ...(auc === null ? [] : [["roc_auc", "ROC AUC", auc] as const]),
  ];
  const folder = shortPath(textIn(record.config, "folder") ?? "data");
  return [
    "library_name: sinter",
    "pipeline_tag: image-classification",
    "tags:",
    "- image-classification",
    "- sinter",
    "metrics:",
    ...metrics.map(([type]) => `- ${type}`),
    "model-index:",
    `- name: ${yaml(name)}`,
    "  results:",
    "  - task:",
    "      type: image-classification",
    "      name: Image classification",
    "    dataset:",
    "      type: imagefolder",
    `      name: ${yaml(folder)}`,
    `      split: ${part}`,
    "    metrics:",
    ...metrics.flatMap(([type, title, value]) => [
      `    - type: ${type}`,
      `      name: ${title}`,
      `      value: ${Number(value.toFixed(6))}`,
    ]),
  ];
}

function introduction({ classNames, record, numParameters, imageSize }: ReportFacts, texts: ReportTexts): string[] {
  const shown = classNames.slice(0, maxClassNames).map(markdown);
  const rest = classNames.length - shown.length;
  const classes = [...shown, ...(rest > 0 ? [fill(texts.cardMoreClasses, { count: rest })] : [])].join(", ");
  const [height, width] = imageSize;
  return [
    fill(texts.cardIntro, {
      numClasses: classNames.length,
      classes,
      model: markdown(textIn(record.config, "model") ?? ""),
      parameters: grouped(numParameters),
    }),
    fill(texts.cardInput, { height, width }),
    "",
  ];
}

function dataLines({ record, counts }: ReportFacts, texts: ReportTexts): string[] {
  const numOf = (part: string): string => grouped(counts.find((count) => count.part === part)?.numSamples ?? 0);
  const words = fill(texts.cardDataText, {
    folder: markdown(shortPath(textIn(record.config, "folder") ?? "")),
    numTrain: numOf("train"),
    numValidation: numOf("validation"),
    numTest: numOf("test"),
  });
  return [`## ${texts.cardData}`, "", words, ""];
}

function resultLines({ scores, part }: ReportFacts, texts: ReportTexts): string[] {
  const rows: (readonly [string, string])[] = [
    [texts.accuracy, decimal(scores.accuracy)],
    [texts.loss, decimal(scores.loss)],
    [texts.precision, decimal(scores.precision)],
    [texts.recall, decimal(scores.recall)],
    [texts.f1, decimal(scores.f1)],
    [texts.auc, decimal(scores.auc)],
  ];
  const values = { numSamples: grouped(scores.numSamples), part: partName(part, texts) };
  const warning = part === "validation" ? [texts.validationWarning, ""] : [];
  return [
    `## ${texts.cardResults}`,
    "",
    fill(texts.cardResultsText, values),
    "",
    `| ${texts.cardMetric} | ${texts.cardValue} |`,
    "| --- | ---: |",
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    "",
    ...warning,
  ];
}

function useLines(facts: ReportFacts, texts: ReportTexts): string[] {
  return [
    `## ${texts.cardUse}`,
    "",
    "```ts",
    'import { imageClassifier } from "sinter/tasks";',
    "",
    `const classifier = await imageClassifier.load(${JSON.stringify(cardName(facts))});`,
    'const [{ label, probability }] = await classifier.predict(["photo.jpg"]);',
    "```",
    "",
  ];
}

function limitLines({ scores, calibration }: ReportFacts, texts: ReportTexts): string[] {
  const [weakest] = scores.perClass.filter(({ support }) => support > 0).toSorted((a, b) => a.recall - b.recall);
  const weak =
    weakest === undefined
      ? []
      : [fill(texts.cardLimitWeak, { name: markdown(weakest.name), recall: percent(weakest.recall) })];
  const error = percent(calibration.expectedCalibrationError);
  const limits = [
    texts.cardLimitClasses,
    texts.cardLimitData,
    ...weak,
    fill(texts.cardLimitCalibration, { error }),
    texts.cardLimitUse,
  ];
  return [`## ${texts.cardLimits}`, "", ...limits.map((limit) => `- ${limit}`), ""];
}

/** A text in quotes as YAML 1.2 reads it: JSON's, with what YAML does not print escaped. */
export function yaml(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (letter) => {
    return `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}

/** A text in which no letter means anything to Markdown or HTML. */
export function markdown(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex -- these are what is looked for
      .replaceAll(/[\u0000-\u001f\u007f]+/g, " ")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll(/[\\`*_[\]#|~$!]/g, (letter) => `\\${letter}`)
  );
}
