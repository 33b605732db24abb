// Computing threads in Node: worker_threads that run the worker program from its text.

import { Worker } from "node:worker_threads";
import type { WorkerThread } from "#engine/platform/api.ts";
import { workerProgram } from "#engine/platform/worker-program.ts";

/** Starts a thread; it does not keep the process alive until told to. */
export function startWorker(): WorkerThread {
  // The host's own flags (a loader, a test runner's hooks) are nothing to a thread that only enters wasm.
  const worker = new Worker(workerProgram, { eval: true, execArgv: [], name: "sinter" });
  let isEnding = false;
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    onMessage: (handler) => {
      worker.on("message", handler);
      // Listening makes the thread keep the process alive.
      worker.unref();
    },
    onError: (handler) => {
      worker.on("error", handler);
      worker.on("exit", (code) => {
        if (!isEnding) handler(new Error(`a thread ended by itself with code ${code}`));
      });
    },
    keepAlive: (alive) => {
      if (alive) worker.ref();
      else worker.unref();
    },
    terminate: async () => {
      isEnding = true;
      await worker.terminate();
    },
  };
}
