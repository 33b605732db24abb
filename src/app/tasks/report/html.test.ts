import { expect, test } from "vitest";
import { escapeText, html, Markup } from "./html.ts";

test("what is put into a template cannot be markup, in text or in an attribute", () => {
  const name = `<img src=x onerror="alert(1)">'&`;
  expect(html`<td title="${name}">${name}</td>`.text).toBe(
    '<td title="&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;">' +
      "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;</td>",
  );
});

test("markup within markup stays, lists are joined, nothing leaves nothing", () => {
  const items = ["a", "<"].map((text) => html`<li>${text}</li>`);
  expect(
    html`<ul>
      ${items}${undefined}${false}${0}
    </ul>`.text,
  ).toMatch(/^<ul>\s*<li>a<\/li>\s*<li>&lt;<\/li>\s*0\s*<\/ul>$/);
  expect(html`${new Markup("<br>")}`.text).toBe("<br>");
});

test("control characters and turned writing directions are shown, not obeyed", () => {
  expect(escapeText("a\u0000b\u202egpj.exe\ttab\nline")).toBe("a\ufffdb\ufffdgpj.exe\ttab\nline");
});
