// Whether a training fits into memory, estimated before its first step: better said now than by the system's killer.

import { SinterError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { platform } from "#engine/platform/api.ts";
import type { Network, PlacedLayer } from "#learning/nn/network.ts";

const floatBytes = 4;
/** Beside each weight: Adam's two moments, and the copy that a checkpoint is made of. */
const copiesOfWeights = 4;
/** Outputs are kept for the backward pass, and most of them have a gradient. */
const copiesOfOutputs = 2;
const numNamed = 3;

/** What a training needs, roughly, in bytes. */
export interface MemoryNeed {
  readonly bytes: number;
  /** The layers that need the most, with their share. */
  readonly largest: readonly { readonly name: string; readonly bytes: number }[];
}

/** An estimate from the shapes of weights and outputs alone. */
export function memoryNeed(network: Network, batchSize: number): MemoryNeed {
  const layers = network.layers.map((placed) => ({ name: placed.name, bytes: bytesOf(placed, batchSize) }));
  return {
    bytes: layers.reduce((sum, { bytes }) => sum + bytes, 0),
    largest: layers.toSorted((left, right) => right.bytes - left.bytes).slice(0, numNamed),
  };
}

function bytesOf({ weights, output }: PlacedLayer, batchSize: number): number {
  const numWeights = weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return floatBytes * (copiesOfWeights * numWeights + copiesOfOutputs * batchSize * sizeOf(output.shape));
}

/**
 * @throws memory when the machine has less than the training needs, with both amounts and the largest layers
 */
export function checkMemory(network: Network, batchSize: number): void {
  const available = platform().availableBytes();
  if (available === undefined) return;
  const { bytes, largest } = memoryNeed(network, batchSize);
  if (bytes <= available) return;
  const layers = largest.map((layer) => `${layer.name} ${sizeText(layer.bytes)}`).join(", ");
  throw new SinterError(
    "memory",
    `Training needs about ${sizeText(bytes)} of memory, ${sizeText(available)} are free. Most of it is for ${layers}. ` +
      "Use a smaller image size, a smaller batch size or a smaller model.",
    { bytes, available, largest },
  );
}

function sizeText(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
