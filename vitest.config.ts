// How the tests run: which files, how long each may take, and the one line that a run ends with.
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Half of the tests wait for one core: two files at a time, also where there are two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    teardownTimeout: 10_000,
    reporters: [["default", { summary: false }], "./scripts/count-reporter.mjs"],
    passWithNoTests: false,
  },
});
