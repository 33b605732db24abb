// The long runs of killed processes and failing disks; short ones are part of `npm test`.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/torture/*.torture.ts"], testTimeout: 600_000, maxWorkers: 1 },
});
