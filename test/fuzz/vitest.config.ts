// The long run of random graphs; the short one is part of `npm test`.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/fuzz/**/*.fuzz.ts"],
    testTimeout: 3_600_000,
    reporters: [["default", { summary: false }]],
  },
});
