// The machine as a page shows it: composes pictures, threads and clock. Files are none.

import type { Platform } from "#engine/platform/api.ts";
import { encodePng } from "./encode-png.ts";
import { files, sha256 } from "./files.ts";
import { decodeImage } from "./images.ts";
import { startWorker } from "./threads.ts";

/** What a page drops so that the browser thinks of collecting: counted as external memory, never touched. */
const pressureBytes = 64 * 2 ** 20;

/** The platform of a page or of a worker of one. */
export function createBrowserPlatform(): Platform {
  return {
    name: "browser",
    numThreads: Math.max(1, navigator.hardwareConcurrency || 1),
    canShareMemory: globalThis.crossOriginIsolated && typeof SharedArrayBuffer === "function",
    now: () => performance.now(),
    yield: yieldToPage,
    startWorker,
    // Browsers have no flags to set: the engine tries the instruction out.
    enableRelaxedSimd: () => true,
    availableBytes: () => undefined,
    collectGarbage: () => void createPressure(),
    decodeImage,
    encodePng,
    sha256,
    files,
    // oxlint-disable-next-line no-console -- where a page tells its makers something
    warn: (text) => console.warn(text),
  };
}

/** A turn of the event loop; a timer would wait 4 ms. */
function yieldToPage(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
}

function createPressure(): number {
  try {
    return new ArrayBuffer(pressureBytes).byteLength;
  } catch {
    return 0;
  }
}
