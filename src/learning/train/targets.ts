// Which weights a transform is for, as users name them.

import { SinterError } from "#engine/base/error.ts";
import { namePattern } from "#engine/base/name-pattern.ts";

/** Parts of the weights' paths, as regular expressions: `"query"`, `["^layer.0/", "kernel$"]`. One of them must be there. */
export type Targets = string | readonly string[];

/** Whether a path is meant; all are when targets are left out. @throws option */
export function matchesTargets(where: string, targets: Targets | undefined): (path: string) => boolean {
  if (targets === undefined) return () => true;
  const patterns = [targets].flat().map((text: unknown) => {
    if (typeof text === "string") return namePattern(`${where}: targets`, text);
    throw new SinterError(
      "option",
      `${where}: targets holds what is no text. Give parts of paths: ["query", "value"].`,
    );
  });
  return (path) => patterns.some((matches) => matches(path));
}
