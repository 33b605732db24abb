// The report's sections of pictures: mistakes, hits, confused pairs, occlusion maps, augmentation.

import type { Gallery } from "./gallery.ts";
import { html, type Content, type Markup } from "./html.ts";
import { confidenceOf, type Answer } from "./predictions.ts";
import { section, shortPath, type SectionContext } from "./section.ts";
import { heatOverlay, leastDrop } from "./svg-heat.ts";
import { fill, percent, type ReportTexts } from "./texts.ts";

/** What a section with pictures is written from. */
export interface PictureContext extends SectionContext {
  readonly gallery: Gallery;
}

/** The wrong answers to look at first. */
export function mistakesSection(context: PictureContext): Markup {
  const { facts, texts } = context;
  const content =
    facts.mistakes.length === 0
      ? html`<p>${texts.noMistakes}</p>`
      : html`<p class="note">${texts.mistakesNote}</p>
          ${answersGrid(context, facts.mistakes)}`;
  return section("mistakes", texts.mistakes, content);
}

/** The surest right answers. */
export function hitsSection(context: PictureContext): Markup {
  const { facts, texts } = context;
  const content =
    facts.hits.length === 0
      ? html`<p>${texts.noHits}</p>`
      : html`<p class="note">${texts.hitsNote}</p>
          ${answersGrid(context, facts.hits)}`;
  return section("hits", texts.hits, content);
}

/** Classes taken for each other. */
export function pairsSection(context: PictureContext): Markup | undefined {
  const { facts, texts } = context;
  if (facts.pairs.length === 0) return undefined;
  const pairs = facts.pairs.map(({ label, given, count, answers }) => {
    const words = fill(texts.pairText, {
      label: facts.classNames[label] ?? "",
      given: facts.classNames[given] ?? "",
      count,
    });
    return html`<h3>${words}</h3>
      ${answersGrid(context, answers)}`;
  });
  return section("pairs", texts.pairs, pairs);
}

function answersGrid({ facts, texts, gallery }: PictureContext, answers: readonly Answer[]): Markup {
  return html`<div class="pictures">
    ${answers.map((answer) => {
      const { width, height, uri } = gallery.ofFile(answer.file);
      const label = facts.classNames[answer.label] ?? "";
      const alt = fill(texts.pictureOf, { label });
      return html`<figure>
        <img src="${uri}" width="${width}" height="${height}" alt="${alt}" />
        <figcaption>
          ${captionOf(answer, facts.classNames, texts)}<small translate="no" title="${shortPath(answer.file)}"
            >${shortPath(answer.file)}</small
          >
        </figcaption>
      </figure>`;
    })}
  </div>`;
}

function captionOf({ label, given, ...answer }: Answer, classNames: readonly string[], texts: ReportTexts): Content {
  const values = { label: classNames[label] ?? "", given: classNames[given] ?? "" };
  const words = label === given ? fill(texts.captionRight, values) : fill(texts.caption, values);
  const probability = percent(confidenceOf({ label, given, ...answer }));
  return html`<b class="${label === given ? "right" : "wrong"}">${words}</b
    ><span>${fill(texts.captionProbability, { probability })}</span>`;
}

/** Which places of a picture the answer rests on. */
export function occlusionSection({ facts, texts, gallery }: PictureContext): Markup | undefined {
  if (facts.occlusion.length === 0) return undefined;
  const maps = facts.occlusion.map(({ answer, map }, index) => {
    const most = Math.max(...map.drops);
    const values = { label: facts.classNames[answer.label] ?? "", given: facts.classNames[answer.given] ?? "" };
    const description = fill(texts.occlusionDescription, { ...values, drop: percent(Math.max(0, most)) });
    const words = most < leastDrop ? texts.occlusionNone : `−${percent(most)}`;
    const id = `chart-occlusion-${index}`;
    const overlay = heatOverlay(gallery.ofFile(answer.file), map, { id, title: texts.occlusion, description });
    return html`<figure>
      ${overlay}
      <figcaption>${captionOf(answer, facts.classNames, texts)}<span>${words}</span></figcaption>
    </figure>`;
  });
  return section(
    "occlusion",
    texts.occlusion,
    html`<p class="note">${texts.occlusionNote}</p>
      <div class="pictures large">${maps}</div>`,
  );
}

/** Pictures as training saw them. */
export function augmentationSection({ facts, texts, gallery }: PictureContext): Markup {
  if (facts.augmentation.length === 0) {
    return section("augmentation", texts.augmentation, html`<p>${texts.augmentationNone}</p>`);
  }
  const rows = facts.augmentation.map(({ original, variants }) =>
    [original, ...variants].map((picture, index) => {
      const { uri, width, height } = gallery.ofPicture(picture);
      const alt = index === 0 ? texts.original : fill(texts.variant, { number: index });
      return html`<img src="${uri}" width="${width}" height="${height}" alt="${alt}" />`;
    }),
  );
  return section(
    "augmentation",
    texts.augmentation,
    html`<p class="note">${texts.augmentationNote}</p>
      <div class="variants">${rows}</div>`,
  );
}
