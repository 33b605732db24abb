// The long run of killed processes; a short one is part of `npm test`.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/torture/*.torture.ts"], testTimeout: 300_000, maxWorkers: 1 },
});
