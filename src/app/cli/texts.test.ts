// Every table of texts, of the command line and of the report, says the same in every language.

import { describe, expect, test } from "vitest";
import { textsOf } from "#app/tasks/report/texts.ts";
import { cliTexts } from "./texts.ts";

const tables = [
  ["command line", cliTexts("en"), cliTexts("zh")],
  ["report", textsOf("en"), textsOf("zh")],
] as const;

/** Texts that need no word of the language. */
const wordless = ["auc", "bestEpochOf", "or"];

/** What is filled in, sorted: another language may order a sentence otherwise. */
function namesIn(text: string): string[] {
  return (text.match(/\{\w+\}/g) ?? []).toSorted();
}

describe.each(tables)("%s", (_, english, chinese) => {
  const translated = new Map(Object.entries(chinese));

  test("has the same texts", () => {
    expect([...translated.keys()].toSorted()).toEqual(Object.keys(english).toSorted());
  });

  test("fills in the same names, and has words where English has", () => {
    for (const [key, text] of Object.entries(english)) {
      const translation = translated.get(key) ?? "";
      expect(text.trim(), key).not.toBe("");
      expect(namesIn(translation), key).toEqual(namesIn(text));
      const hasWords = /[a-z]{2}/.test(text.replaceAll(/\{\w+\}/g, "")) && !wordless.includes(key);
      expect(translation, key).toMatch(hasWords ? /\p{Script=Han}/u : /\S/);
    }
  });
});
