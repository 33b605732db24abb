// Gives memory back as soon as the last call that needs it has run: nothing collects a batch of megabytes by itself, and
// steps come faster than collections.

import { treeLeaves } from "#engine/base/tree.ts";
import { isTensor } from "#engine/tensor/tensor.ts";

/** Disposes every tensor of a tree; calls made so far still read them. */
export function disposeAll(tree: unknown): void {
  for (const leaf of treeLeaves(tree, isTensor)) leaf.dispose();
}
