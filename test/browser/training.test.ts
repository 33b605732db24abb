// The same small CNN in a real browser and in Node: equal losses, with threads and without, and a page that stays alive.

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
  type Setting,
} from "./chromium.ts";
import { traceTasks, type Task } from "./main-thread.ts";
import { expectSameTraining } from "./same-training.ts";
import type { PageRun } from "./small-cnn-page.ts";
import { trainSmallCnn, type TrainedCnn } from "./small-cnn.ts";

const longTaskMs = 50;
/** A busy machine makes a task long now and then; one that is long in itself is so in every run. */
const numTries = 4;

/** The long tasks that the page saw, without those that only waited while other programs had the processor. */
function longTasks({ longTasksMs }: PageRun, tasks: readonly Task[]): number[] {
  const waited = tasks.filter(({ cpuMs }) => cpuMs <= longTaskMs);
  return longTasksMs.filter((ms) => !waited.some(({ wallMs }) => Math.abs(wallMs - ms) <= 2));
}

describe.skipIf(whyNoBrowser !== undefined)(`a small CNN in a page${skipNote}`, () => {
  let browser: Browser;
  let server: PageServer;
  let expected: TrainedCnn;

  beforeAll(async () => {
    expected = await trainSmallCnn(sinter);
    server = await servePage(scriptPage(await bundlePage("test/browser/small-cnn-page.ts")));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const runPage = (setting: Setting, busyTurns: number) =>
    traceTasks(browser, () => runInPage<PageRun>(browser, server.addressOf(setting), { busyTurns }));

  test("the program learns", () => {
    expect(expected.batchLosses).toHaveLength(10);
    expect(expected.epochLosses).toHaveLength(2);
    expect(expected.accuracy).toBeGreaterThan(0.9);
  });

  test.each(settings)("%s: Node's losses, and no long task of the main thread", async (setting) => {
    const seen: number[][] = [];
    while (seen.length < numTries && seen.every((long) => long.length > 0)) {
      const { result, tasks } = await runPage(setting, 0);
      expectSameTraining(result, expected, setting);
      expect(tasks.length).toBeGreaterThan(0);
      seen.push(longTasks(result, tasks));
    }
    expect(seen.at(-1)).toEqual([]);
  });

  test("a long task would be noticed", async () => {
    const { result, tasks } = await runPage("plain", 3e8);
    expect(longTasks(result, tasks).length).toBeGreaterThan(0);
  });
});
