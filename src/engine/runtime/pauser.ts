// Compiling keeps its thread a slice of time at most.

import { platform } from "#engine/platform/api.ts";

/** The longest that compiling may keep its thread, in milliseconds. */
const compileSlice = 10;

/** Yields to other work of the thread whenever a slice of compiling is over. */
export function pauser(): () => Promise<void> {
  let started = platform().now();
  return async () => {
    if (platform().now() - started < compileSlice) return;
    await platform().yield();
    started = platform().now();
  };
}
