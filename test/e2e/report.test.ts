// The report of a small run, from training to what a browser shows: whole, silent, small, in both languages.

import { existsSync } from "node:fs";
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { closeDevice } from "sinter";
import { trainImageClassifier, writeReport } from "sinter/tasks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium, skipNote, whyNoBrowser } from "../browser/chromium.ts";
import { writePictures } from "./pictures.ts";
import { run as sinter } from "./program.ts";

/** As hostile as a folder's name may be: no slash. */
const hostile = `<img src=x onerror="document.title='taken'">&'`;
const maxBytes = 3 * 2 ** 20;

let folder = "";
const run = (name: string): string => join(folder, name);
const page = (name: string): string => join(folder, name, "report.html");
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-report-"));
  await writePictures(join(folder, "names"), [hostile, "warm"], 8);
  await writePictures(join(folder, "three"), ["冷", "暖", "绿"], 8);
  for (const name of ["names", "three"]) {
    await trainImageClassifier({
      folder: join(folder, name),
      imageSize: 12,
      epochs: 2,
      batchSize: 8,
      augment: "light",
      out: run(`${name}-run`),
    });
  }
}, 120_000);
afterAll(async () => {
  await closeDevice();
  await rm(folder, { recursive: true, force: true });
});

test("three files with the same numbers, and nothing that could be markup", async () => {
  const resources = { phases: [{ name: "fit", seconds: 2 }], seconds: 3, cpuSeconds: 4, peakMemoryBytes: 2 ** 28 };
  const written = await writeReport(run("names-run"), { resources, checkData: true });
  const [html, card] = await Promise.all([readFile(written.html, "utf8"), readFile(written.modelCard, "utf8")]);
  const numbers = JSON.parse(await readFile(written.json, "utf8"));
  const evaluation = JSON.parse(await readFile(join(run("names-run"), "evaluation.json"), "utf8"));
  expect(numbers.scores.confusion).toEqual(evaluation.confusion);
  expect(numbers.scores.accuracy).toBe(evaluation.accuracy);
  expect(numbers.resources).toEqual(resources);
  expect(numbers.energy).toEqual({ joules: 32, kind: "estimated", wattsPerCore: 8 });
  expect(numbers.augmented).toHaveLength(4);
  expect(numbers.data.check.numFiles).toBe(16);
  expect(written.numBytes).toBeLessThan(maxBytes);
  expect(html).not.toMatch(/<img src=x|<script/);
  expect(html).toContain("&lt;img src=x onerror=&quot;");
  expect(html).toContain("256.0 MiB");
  expect(html).toContain("an estimate, not a measurement");
  expect(card).not.toContain("<img");
  expect(card).toMatch(/^---\nlibrary_name: sinter\n/);
  const again = await writeReport(run("names-run"));
  expect(await readFile(again.html, "utf8"), "what was measured was kept").toContain("256.0 MiB");
});

test("the command writes it again, elsewhere, in Chinese, for data that has moved", async () => {
  const moved = join(folder, "moved");
  const out = join(folder, "made", "page.html");
  await rename(join(folder, "three"), moved);
  try {
    const gone = await sinter(folder, "report", "three-run");
    expect(gone).toMatchObject({ code: 2, stderr: expect.stringContaining("Give the folder where it lies now") });
    const args = ["report", "three-run", moved, "--language", "zh", "--out", out, "--json"];
    const { code, stdout, stderr } = await sinter(folder, ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ html: out, json: join(folder, "made", "report.json") });
    expect(existsSync(page("three-run"))).toBe(false);
    expect(await readFile(out, "utf8")).toContain('lang="zh-Hans"');
  } finally {
    await rename(moved, join(folder, "three"));
  }
});

test.each([
  [["report", "three-run", "--language", "de"], "en, zh"],
  [["report", "three-run", "--out", "page.pdf"], ".html"],
  [["report", "three"], "is no run"],
])("wrong use says what is right: %j", async (args, words) => {
  expect(await sinter(folder, ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
});

describe.skipIf(whyNoBrowser)(`in chromium${skipNote}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    await writeReport(run("names-run"));
    await writeReport(run("three-run"), { language: "zh" });
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  /** Opens a page; what it asked for and said comes back with it. */
  async function open(
    file: string,
    options: Parameters<Browser["newPage"]>[0],
  ): Promise<{ view: Page; said: string[] }> {
    const view = await browser.newPage(options);
    const said: string[] = [];
    view.on("console", (message) => said.push(message.text()));
    view.on("pageerror", (error) => said.push(String(error)));
    view.on("request", (request) => {
      const isOwn = request.isNavigationRequest() || request.url().startsWith("data:");
      if (!isOwn) said.push(request.url());
    });
    await view.goto(pathToFileURL(file).href, { waitUntil: "load" });
    return { view, said };
  }

  test.each(["light", "dark"] as const)("silent, whole and as wide as a phone, %s", async (colorScheme) => {
    const { view, said } = await open(page("names-run"), { colorScheme, viewport: { width: 375, height: 700 } });
    const found = await view.evaluate(() => ({
      width: document.documentElement.scrollWidth,
      title: document.title,
      background: getComputedStyle(document.body).backgroundColor,
      sections: document.querySelectorAll("section").length,
      headings: [...document.querySelectorAll("nav a")].filter(
        (link) => !document.querySelector(link.getAttribute("href") ?? ""),
      ).length,
      broken: [...document.querySelectorAll("img")].filter((image) => image.naturalWidth === 0).length,
      charts: document.querySelectorAll("svg[role=img] > title").length,
      ids: [...document.querySelectorAll("[id]")].map(({ id }) => id),
      smallest: Math.min(
        ...[...document.querySelectorAll("p, td, dd, figcaption")].map((element) =>
          Number.parseFloat(getComputedStyle(element).fontSize),
        ),
      ),
    }));
    expect(said).toEqual([]);
    expect(found.width).toBe(375);
    expect(found.title).not.toBe("taken");
    expect(found.background).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 23, 26)");
    expect(found.sections).toBeGreaterThanOrEqual(12);
    expect([found.headings, found.broken]).toEqual([0, 0]);
    expect(found.charts).toBeGreaterThanOrEqual(7);
    expect(new Set(found.ids).size).toBe(found.ids.length);
    expect(found.smallest).toBeGreaterThanOrEqual(12);
    await view.close();
  });

  test("in Chinese nothing is left in English but names", async () => {
    const { view, said } = await open(page("three-run"), {});
    expect(said).toEqual([]);
    const text = await view.evaluate(() => {
      for (const element of document.querySelectorAll("[translate=no], style, code")) element.remove();
      const described = [...document.querySelectorAll("[alt], [aria-label]")].map(
        (element) => element.getAttribute("alt") ?? element.getAttribute("aria-label"),
      );
      return `${document.title} ${document.documentElement.textContent} ${described.join(" ")}`;
    });
    const words = text.replaceAll(basename(folder), "").match(/[A-Za-z]{2,}/g) ?? [];
    const names = [
      "three",
      "run",
      "cnn",
      "ROC",
      "AUC",
      "sinter",
      "report",
      "json",
      "data",
      "check",
      "FOLDER",
      "MiB",
      "RAPL",
    ];
    expect(words.filter((word) => !names.includes(word))).toEqual([]);
    await view.close();
  });

  test("the page's policy stops what would reach out", async () => {
    const { view, said } = await open(page("names-run"), {});
    await view.evaluate(() => {
      const image = document.createElement("img");
      image.src = "http://127.0.0.1:9/leak.png";
      document.body.append(image);
    });
    await expect.poll(() => said.join("\n")).toContain("Content Security Policy");
    await view.close();
  });
});
