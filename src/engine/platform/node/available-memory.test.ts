import { totalmem } from "node:os";
import { expect, test } from "vitest";
import { availableBytes, fileCacheBytes, statPaths } from "./available-memory.ts";

test("the counts of both kinds of groups are found", () => {
  expect(statPaths("0::/user.slice/a\n")[0]).toBe("/sys/fs/cgroup/user.slice/a/memory.stat");
  expect(statPaths("12:cpu,cpuacct:/docker/1\n9:memory:/docker/1\n")[0]).toBe(
    "/sys/fs/cgroup/memory/docker/1/memory.stat",
  );
  expect(statPaths("")).toEqual(["/sys/fs/cgroup/memory.stat", "/sys/fs/cgroup/memory/memory.stat"]);
});

test("cached files count as free, those of groups within too", () => {
  expect(fileCacheBytes("anon 5\ninactive_file 100\nactive_file 20\n")).toBe(120);
  expect(fileCacheBytes("inactive_file 1\nactive_file 1\ntotal_inactive_file 300\ntotal_active_file 4\n")).toBe(304);
  expect(fileCacheBytes("")).toBeUndefined();
});

test("what is said is some of what there is", () => {
  const bytes = availableBytes();
  expect(bytes).toBeGreaterThan(2 ** 20);
  expect(bytes).toBeLessThanOrEqual(totalmem());
});
