// One piece of a native device's memory.

import { Block } from "#engine/runtime/block.ts";

export class NativeBlock extends Block {}
