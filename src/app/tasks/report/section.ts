// The form that every section of the report has.

import type { ReportFacts } from "./gather.ts";
import { html, type Content, type Markup } from "./html.ts";
import type { ReportLanguage, ReportTexts } from "./texts.ts";

/** What a section is written from. */
export interface SectionContext {
  readonly facts: ReportFacts;
  readonly texts: ReportTexts;
  readonly language: ReportLanguage;
}

/** A section with its heading. @param id what the list of contents links to */
export function section(id: string, title: string, ...content: readonly Content[]): Markup {
  return html`<section id="${id}">
    <h2>${title}</h2>
    ${content}
  </section>`;
}

/** A file as the report names it: its folder and its name, so that no one's home is told. */
export function shortPath(file: string): string {
  return file.split(/[\\/]/).slice(-2).join("/");
}
