// The machine as Node shows it: composes files, images, threads, clock and V8's switches.

import { setFlagsFromString } from "node:v8";
import { availableParallelism } from "node:os";
import { runInNewContext } from "node:vm";
import type { Platform } from "#engine/platform/api.ts";
import { availableBytes } from "./available-memory.ts";
import { encodePng } from "./encode-png.ts";
import { files, sha256 } from "./files.ts";
import { decodeImage } from "./images.ts";
import { openNativeMachine } from "./native-machine.ts";
import { startWorker } from "./threads.ts";

let collect: (() => void) | undefined;

/** Node's platform. */
export function createNodePlatform(): Platform {
  return {
    name: "node",
    numThreads: availableParallelism(),
    canShareMemory: true,
    now: () => performance.now(),
    yield: () => new Promise((resolve) => setImmediate(resolve)),
    startWorker,
    enableRelaxedSimd,
    availableBytes,
    collectGarbage,
    decodeImage,
    encodePng,
    sha256,
    files,
    warn: (text) => process.emitWarning(text, "SinterWarning"),
    native: openNativeMachine,
    processes: { own: process.pid, isRunning },
    output: {
      isTerminal: process.stdout.isTTY,
      write: (text) => void process.stdout.write(text),
    },
  };
}

/** V8 11 (Node 20) has relaxed SIMD behind a flag that may be set until the first module uses it; later ones by default. */
function enableRelaxedSimd(): boolean {
  const version = Number.parseInt(process.versions.v8, 10);
  if (version === 11) setFlagsFromString("--experimental-wasm-relaxed-simd");
  return version >= 11;
}

/** Signal 0 reaches nobody; a process of another user may not even be asked. */
function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    const found: unknown = runInNewContext("gc");
    collect = typeof found === "function" ? () => void found() : () => undefined;
  }
  collect();
}
