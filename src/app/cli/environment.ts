// Facts of this machine and this installation: for a run's environment.json and for `sinter doctor`.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from "node:os";
import { dirname, join } from "node:path";

/** What stands for the version of a package that is not there. */
export const notInstalled = "not installed";

const require = createRequire(import.meta.url);

/** The version of a package as installed here; undefined when it is not. */
export function packageVersion(name: string): string | undefined {
  try {
    // A package need not export its package.json: it lies beside or above what it does export.
    let folder = dirname(require.resolve(name));
    while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
    const description: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (typeof description !== "object" || description === null || !("version" in description)) return undefined;
    return String(description.version);
  } catch {
    return undefined;
  }
}

/** Versions and the machine, as recorded with a run. */
export function environmentFacts(): Readonly<Record<string, string | number>> {
  return {
    sinter: packageVersion("sinter") ?? "unknown",
    node: process.versions.node,
    v8: process.versions.v8,
    sharp: packageVersion("sharp") ?? notInstalled,
    system: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    numCores: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

/** Bytes of memory that are free now. */
export function freeMemoryBytes(): number {
  return freemem();
}
