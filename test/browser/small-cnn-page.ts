// The page that training.test.ts opens: trains the small CNN and notes every long task of the main thread meanwhile.

import * as sinter from "#entry/browser.ts";
import { markOfPage } from "./main-thread.ts";
import { trainSmallCnn, type TrainedCnn } from "./small-cnn.ts";

/** What the test reads from the page. */
export interface PageRun extends TrainedCnn {
  /** Milliseconds of every task of the main thread over 50 ms, since the page was opened. */
  readonly longTasksMs: readonly number[];
}

const longTasksMs: number[] = [];
new PerformanceObserver((list) => {
  longTasksMs.push(...list.getEntries().map(({ duration }) => duration));
}).observe({ type: "longtask", buffered: true });
performance.mark(markOfPage);

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** @param busyTurns keeps the main thread for so many turns of a loop first: shows that a long task is noticed */
async function run({ busyTurns }: { readonly busyTurns: number }): Promise<PageRun> {
  await pause(0);
  let bits = 1;
  for (let turn = 0; turn < busyTurns; turn += 1) bits = Math.imul(bits ^ turn, 0x9e3779b1);
  document.title = String(bits);
  const trained = await trainSmallCnn(sinter);
  // Entries arrive in a task of their own.
  await pause(100);
  return { ...trained, longTasksMs };
}

Object.assign(globalThis, { run });
