// Each page that exists in two languages says the same: same headings, same code, same numbers, same links.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = [".", "docs", "docs/guide", "docs/decisions", "examples"].filter((folder) =>
  existsSync(join(root, folder)),
);
const translated = folders.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".zh-CN.md"))
    .map((name) => join(folder, name)),
);

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

function blocksOf(text: string): readonly string[] {
  return text.match(/^```[\s\S]*?^```$/gm) ?? [];
}

function proseOf(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, "");
}

/** The levels of the headings: their words differ by language. */
function headingsOf(text: string): readonly number[] {
  return [...proseOf(text).matchAll(/^(#+) /gm)].map(([, marks = ""]) => marks.length);
}

/** Numbers of the prose, sorted: another language may order a sentence otherwise. */
function numbersOf(text: string): readonly string[] {
  return (proseOf(text).match(/\d+(?:[.,]\d+)*/g) ?? []).toSorted();
}

/** Link targets, where a page and its translation count as one. */
function linksOf(text: string): readonly string[] {
  return [...proseOf(text).matchAll(/\]\(([^)]+)\)/g)]
    .map(([, target = ""]) => target.replace(".zh-CN.md", ".md"))
    .toSorted();
}

test("the README is translated", () => {
  expect(translated).toContain("README.zh-CN.md");
});

describe.each(translated)("%s", (path) => {
  const english = read(path.replace(".zh-CN.md", ".md"));
  const chinese = read(path);

  test("has the same headings", () => {
    expect(headingsOf(chinese)).toEqual(headingsOf(english));
  });
  test("has the same code", () => {
    expect(blocksOf(chinese)).toEqual(blocksOf(english));
  });
  test("has the same numbers", () => {
    expect(numbersOf(chinese)).toEqual(numbersOf(english));
  });
  test("links to the same pages, which exist", () => {
    expect(linksOf(chinese)).toEqual(linksOf(english));
    const local = linksOf(english).filter((target) => !/^https?:|^#/.test(target));
    const missing = local.filter((target) => !existsSync(join(root, dirname(path), target.split("#")[0] ?? "")));
    expect(missing).toEqual([]);
  });
});
