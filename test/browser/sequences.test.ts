// An LSTM and a decoder of a Transformer in a real browser and in Node: equal losses, with threads and without.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as sinter from "#entry/node.ts";
import {
  bundlePage,
  launchChromium,
  runInPage,
  scriptPage,
  servePage,
  settings,
  skipNote,
  whyNoBrowser,
  type PageServer,
} from "./chromium.ts";
import { trainSequences, type TrainedSequences } from "./small-sequences.ts";

describe.skipIf(whyNoBrowser !== undefined)(`sequences in a page${skipNote}`, () => {
  let browser: Browser;
  let server: PageServer;
  let expected: TrainedSequences;

  beforeAll(async () => {
    expected = await trainSequences(sinter);
    server = await servePage(scriptPage(await bundlePage("test/browser/small-sequences-page.ts")));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test.each(["recurrent", "transformer"] as const)("the %s model learns", (kind) => {
    expect(expected[kind].at(-1)).toBeLessThan(0.8 * (expected[kind][0] ?? 0));
  });

  test.each(settings)("%s: Node's losses", async (setting) => {
    const page = await runInPage<TrainedSequences>(browser, server.addressOf(setting), {});
    for (const kind of ["recurrent", "transformer"] as const) {
      expect(page[kind]).toHaveLength(expected[kind].length);
      page[kind].forEach((loss, step) => expect(Math.abs(loss - (expected[kind][step] ?? NaN))).toBeLessThan(1e-4));
    }
  });
});
