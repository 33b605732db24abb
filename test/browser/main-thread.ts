// The tasks of a page's main thread as the browser traced them: how long each took, and for how much of that it computed.

import type { Browser } from "playwright-core";

/** One turn of the event loop. */
export interface Task {
  readonly wallMs: number;
  /** Time on a processor: less than `wallMs` when other programs of the machine had it. */
  readonly cpuMs: number;
}

/** A page marks the time by this name, so that its thread is found among those of the browser. */
export const markOfPage = "sinter page";

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly dur?: number;
  readonly tdur?: number;
}

/** Does the work while the browser traces, and gives the tasks of the page that marked itself. */
export async function traceTasks<Result>(
  browser: Browser,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly tasks: readonly Task[] }> {
  const session = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const complete = new Promise<void>((resolve) => session.once("Tracing.tracingComplete", () => resolve()));
  const includedCategories = ["toplevel", "blink.user_timing"];
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories } });
  const result = await work();
  await session.send("Tracing.end");
  await complete;
  await session.detach();
  return { result, tasks: tasksOfPage(events) };
}

function tasksOfPage(events: readonly TraceEvent[]): Task[] {
  const mark = events.find(({ name }) => name === markOfPage);
  if (mark === undefined) throw new Error(`The page did not mark itself by performance.mark("${markOfPage}").`);
  return events
    .filter(({ name, ph, pid, tid }) => name.endsWith("RunTask") && ph === "X" && pid === mark.pid && tid === mark.tid)
    .map(({ dur = 0, tdur = dur }) => ({ wallMs: dur / 1000, cpuMs: tdur / 1000 }));
}
