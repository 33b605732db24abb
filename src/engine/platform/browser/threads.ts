// Computing threads in a page: classic workers started from a Blob, so that no bundler has to find a second file.

import type { WorkerThread } from "#engine/platform/api.ts";
import { workerProgram } from "#engine/platform/worker-program.ts";

let programUrl: string | undefined;

/** Starts a thread. A content security policy must allow `worker-src blob:`. */
export function startWorker(): WorkerThread {
  programUrl ??= URL.createObjectURL(new Blob([workerProgram], { type: "text/javascript" }));
  const worker = new Worker(programUrl, { name: "sinter" });
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    onMessage: (handler) => {
      worker.addEventListener("message", (event: MessageEvent<unknown>) => handler(event.data));
    },
    onError: (handler) => {
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        handler(new Error(event.message === "" ? "a worker could not start" : event.message));
      });
    },
    keepAlive: () => undefined,
    terminate: () => {
      worker.terminate();
      return Promise.resolve();
    },
  };
}
