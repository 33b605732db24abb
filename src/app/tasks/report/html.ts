// HTML and SVG as text in which nothing from outside can be markup: what is put into a template is escaped unless it was
// made by one. Knows no page.

/** Text that may stand in a page as it is: made by `html` alone. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes; a list is joined, `undefined` and `false` leave nothing. */
export type Content = string | number | Markup | undefined | false | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand between tags and inside quoted attributes; control characters, which XML has not, become �. */
export function escapeText(text: string): string {
  return (
    text
      .replaceAll(/[&<>"']/g, (letter) => entities[letter] ?? "")
      // oxlint-disable-next-line no-control-regex -- these are what is looked for
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, "\ufffd")
  );
}

/**
 * A tagged template of markup. Line breaks of the template become one space, or nothing before the end of a tag.
 * @example
 * html`<td title="${fileName}">${className}</td>`;
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const texts = parts.map((part, index) => {
    const markup = part.replaceAll(/\s*\n\s*(?=\/?>)/g, "").replaceAll(/\s*\n\s*/g, " ");
    return index < values.length ? markup + textOf(values[index]) : markup;
  });
  return new Markup(texts.join(""));
}

function textOf(value: Content): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "string") return escapeText(value);
  if (typeof value === "number") return String(value);
  return value.map(textOf).join("");
}
