import { spawn } from "node:child_process";
import { expect, test } from "vitest";

const program = `
  import { Worker } from "node:worker_threads";
  const { startWorker } = await import(process.argv[1]);
  const worker = startWorker();
  worker.onMessage(() => {});
  worker.onError(() => {});
`;

test("an idle thread does not keep the process alive", async () => {
  const module = new URL("./threads.ts", import.meta.url).href;
  const loader = new URL("../../../../dist/node/loader.js", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", loader, "--input-type=module", "-e", program, module]);
  const code = await new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.kill();
      resolve("still alive");
    }, 4000);
    child.on("exit", (exit) => {
      clearTimeout(timer);
      resolve(exit);
    });
  });
  expect(code).toBe(0);
});
