// ONNX's own suite, which needs data that is fetched: not part of `npm test`.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/onnx/conformance.ts"], reporters: [["default", { summary: false }]] },
});
