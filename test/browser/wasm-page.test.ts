// The engine in a real browser: threads on shared memory where the page is cross-origin isolated, else one worker with a
// memory of its own.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  bundlePage,
  launchChromium,
  runInPage,
  scriptPage,
  servePage,
  skipNote,
  whyNoBrowser,
  type PageServer,
} from "./chromium.ts";
import type { PageResult } from "./engine-page.ts";

describe.skipIf(whyNoBrowser !== undefined)(`the engine in a page${skipNote}`, () => {
  let browser: Browser;
  let server: PageServer;

  beforeAll(async () => {
    server = await servePage(scriptPage(await bundlePage("test/browser/engine-page.ts")));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test.each([
    ["isolated", /shared memory/],
    ["plain", /1 thread, memory of its own/],
  ] as const)("%s", async (setting, description) => {
    const result = await runInPage<PageResult>(browser, server.addressOf(setting));
    expect(result.description).toMatch(description);
    expect(result.isRight).toBe(true);
  });
});
