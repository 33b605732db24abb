// How the tests run: which files, how long each may take, and the one line that a run ends with.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    reporters: [["default", { summary: false }], "./scripts/count-reporter.mjs"],
    passWithNoTests: false,
  },
});
