// Access to lists at indices that are known to be inside.

import { BugError } from "#engine/base/error.ts";

/** The element of a list at an index that the caller knows to be inside. */
export function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new BugError(`Index ${index} of a list of ${list.length}.`);
  return value;
}
