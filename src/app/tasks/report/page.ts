// report.html: one page that holds everything it shows. No script, no request: its policy forbids both.

import type { Gallery } from "./gallery.ts";
import type { ReportFacts } from "./gather.ts";
import { html, Markup, type Content } from "./html.ts";
import {
  augmentationSection,
  hitsSection,
  mistakesSection,
  occlusionSection,
  pairsSection,
  type PictureContext,
} from "./sections-pictures.ts";
import { dataSection, modelSection, resourcesSection, settingsSection } from "./sections-run.ts";
import {
  calibrationSection,
  classesSection,
  confusionSection,
  curvesSection,
  rankingSection,
} from "./sections-scores.ts";
import { textIn } from "../json-fields.ts";
import { shortPath, type SectionContext } from "./section.ts";
import { reportStyle } from "./style.ts";
import { decimal, fill, grouped, percent, scaled, textsOf, type ReportLanguage, type ReportTexts } from "./texts.ts";

const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const languageTags = { en: "en", zh: "zh-Hans" } as const satisfies Record<ReportLanguage, string>;

/** The page's text. */
export function reportPage(facts: ReportFacts, gallery: Gallery, language: ReportLanguage): string {
  const texts = textsOf(language);
  const context = { facts, texts, language, gallery };
  const sections = allSections(context);
  const title = fill(texts.title, { run: shortPath(facts.record.path) });
  const page = html`<!doctype html>
    <html lang="${languageTags[language]}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>
          ${new Markup(reportStyle)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p>${subtitle(context)}</p>
          ${facts.part === "validation" && html`<p class="note">${texts.validationWarning}</p>`}${tiles(context)}${contents(texts, facts)}
        </header>
        <main>${sections}</main>
        <footer><p>${texts.footer}</p></footer>
      </body>
    </html> `;
  return page.text;
}

function allSections(context: PictureContext): Content[] {
  return [
    curvesSection(context),
    confusionSection(context),
    classesSection(context),
    mistakesSection(context),
    pairsSection(context),
    hitsSection(context),
    occlusionSection(context),
    rankingSection(context),
    calibrationSection(context),
    augmentationSection(context),
    dataSection(context),
    resourcesSection(context),
    modelSection(context),
    settingsSection(context),
  ];
}

/** The name that a part has in a sentence. */
export function partName(part: "test" | "validation", texts: ReportTexts): string {
  return part === "test" ? texts.partTest : texts.partValidation;
}

function subtitle({ facts, texts }: SectionContext): string {
  return fill(texts.subtitle, {
    model: textIn(facts.record.config, "model") ?? "",
    numClasses: facts.classNames.length,
    numSamples: grouped(facts.scores.numSamples),
    part: partName(facts.part, texts),
  });
}

function tiles({ facts, texts }: SectionContext): Markup {
  const { scores, bestEpoch, record } = facts;
  const flops = facts.layers.reduce((sum, layer) => sum + layer.flops, 0);
  const best =
    bestEpoch === undefined || bestEpoch === 0
      ? "–"
      : fill(texts.bestEpochOf, { best: bestEpoch, total: Math.max(record.history.length, bestEpoch) });
  const values: (readonly [string, string])[] = [
    [texts.accuracy, percent(scores.accuracy)],
    [texts.loss, decimal(scores.loss)],
    [texts.f1, decimal(scores.f1)],
    [texts.auc, decimal(scores.auc)],
    [texts.bestEpoch, best],
    [texts.parameters, scaled(facts.numParameters)],
    [texts.flops, scaled(flops)],
  ];
  return html`<dl class="tiles">
    ${values.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function contents(texts: ReportTexts, facts: ReportFacts): Markup {
  const links: (readonly [id: string, name: string])[] = [
    ["curves", texts.curves],
    ["confusion", texts.confusion],
    ["classes", texts.perClass],
    ["mistakes", texts.mistakes],
    ...(facts.pairs.length > 0 ? [["pairs", texts.pairs] as const] : []),
    ["hits", texts.hits],
    ...(facts.occlusion.length > 0 ? [["occlusion", texts.occlusion] as const] : []),
    ["ranking", texts.ranking],
    ["calibration", texts.calibration],
    ["augmentation", texts.augmentation],
    ["data", texts.data],
    ["resources", texts.resources],
    ["model", texts.model],
    ["config", texts.config],
  ];
  return html`<nav aria-label="${texts.contents}">
    <ul>
      ${links.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
    </ul>
  </nav>`;
}
