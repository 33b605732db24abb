// One piece of a wasm device's memory: where it lies, and what still uses it.

import { Block } from "#engine/runtime/block.ts";

export class WasmBlock extends Block {
  /** The newest run that was given the block. */
  lastRun = 0;
  /** The newest read or write of the host, until it is over. */
  hostWork: Promise<void> | undefined;
}
