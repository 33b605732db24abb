// Bytes that this process may still take. Honours the limit of a container; its page cache gives way and counts as free.

import { readFileSync } from "node:fs";
import { freemem } from "node:os";

/** Bytes of memory that this process may still take. */
export function availableBytes(): number {
  return Math.min(freemem(), process.availableMemory() + reclaimableBytes());
}

/** What Node counts as used within a limit, though the system gives it up when asked: copies of files. */
function reclaimableBytes(): number {
  for (const path of statPaths(read("/proc/self/cgroup"))) {
    const bytes = fileCacheBytes(read(path));
    if (bytes !== undefined) return bytes;
  }
  return 0;
}

/**
 * Where the counts of this process's group may be; the group's own first.
 * @param groups the text of /proc/self/cgroup
 */
export function statPaths(groups: string): string[] {
  const own = groups.split("\n").flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined || controllers === undefined) return [];
    if (controllers === "") return [`/sys/fs/cgroup${path}/memory.stat`];
    return controllers.split(",").includes("memory") ? [`/sys/fs/cgroup/memory${path}/memory.stat`] : [];
  });
  return [...own, "/sys/fs/cgroup/memory.stat", "/sys/fs/cgroup/memory/memory.stat"];
}

/**
 * Bytes of cached files in a group.
 * @param stat the text of its memory.stat
 * @returns undefined where the text does not say
 */
export function fileCacheBytes(stat: string): number | undefined {
  const counts = new Map(stat.split("\n").map((line) => [line.split(" ")[0], Number(line.split(" ")[1])]));
  const find = (name: string): number | undefined => counts.get(`total_${name}`) ?? counts.get(name);
  const [inactive, active] = [find("inactive_file"), find("active_file")];
  return inactive === undefined || active === undefined ? undefined : inactive + active;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not Linux, or hidden from this process.
    return "";
  }
}
