// A bound on work in flight: decodes, open files. First come, first served; holds no state but the queue.

/** Runs a task when fewer than the bound are running; gives its result. */
export type Limiter = <Result>(task: () => Promise<Result>) => Promise<Result>;

/**
 * A limiter that lets at most `maxRunning` tasks run at once.
 * @example
 * const limit = createLimiter(2);
 * await Promise.all(paths.map((path) => limit(() => read(path))));
 */
export function createLimiter(maxRunning: number): Limiter {
  const waiting: (() => void)[] = [];
  let numRunning = 0;
  return async (task) => {
    if (numRunning < maxRunning) numRunning += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) numRunning -= 1;
      else next();
    }
  };
}
