// Whether a training fits into memory, estimated before its first step: better said now than by the system's killer.

import { SinterError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { platform } from "#engine/platform/api.ts";
import type { Network } from "#learning/nn/network.ts";

const floatBytes = 4;
/** Beside each weight: Adam's two moments, and the copy that a checkpoint is made of. */
const copiesOfWeights = 4;
const numNamed = 3;

/** What a training needs, roughly, in bytes. */
export interface MemoryNeed {
  readonly bytes: number;
  /** The layers that need the most, with their share. */
  readonly largest: readonly { readonly name: string; readonly bytes: number }[];
}

/**
 * An estimate from the shapes of weights and outputs alone: weights with what the optimizer keeps, every output for the backward
 * pass, and the gradient of the largest one. For the built-in CNN at 150 x 150 it is 1.1 to 1.4 times what the process took.
 */
export function memoryNeed(network: Network, batchSize: number): MemoryNeed {
  const outputs = network.layers.map(({ output }) => floatBytes * batchSize * sizeOf(output.shape));
  const layers = network.layers.map(({ name, weights }, index) => {
    const numWeights = weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return { name, bytes: floatBytes * copiesOfWeights * numWeights + (outputs[index] ?? 0) };
  });
  return {
    bytes: layers.reduce((sum, { bytes }) => sum + bytes, 0) + Math.max(...outputs),
    largest: layers.toSorted((left, right) => right.bytes - left.bytes).slice(0, numNamed),
  };
}

/**
 * @throws memory when the machine has less than the training needs, with both amounts and the largest layers
 */
export function checkMemory(network: Network, batchSize: number): void {
  const available = platform().availableBytes();
  if (available === undefined) return;
  const { bytes, largest } = memoryNeed(network, batchSize);
  if (bytes <= available) return;
  throw new SinterError(
    "memory",
    `Training needs about ${sizeText(bytes)} of memory, ${sizeText(available)} are free. ${wayOut(largest)}`,
    { bytes, available, largest },
  );
}

/** An error of a device that ran out of memory, with the layers that need the most; other errors as they are. */
export function withLargestLayers(error: unknown, network: Network, batchSize: number): unknown {
  if (!(error instanceof SinterError) || error.code !== "memory") return error;
  const { bytes, largest } = memoryNeed(network, batchSize);
  const message = `${error.message} Training needs about ${sizeText(bytes)}. ${wayOut(largest)}`;
  return new SinterError("memory", message, { ...error.details, largest }, error);
}

function wayOut(largest: MemoryNeed["largest"]): string {
  const layers = largest.map((layer) => `${layer.name} ${sizeText(layer.bytes)}`).join(", ");
  return `Most of it is for ${layers}. Use a smaller image size, a smaller batch size or a smaller model.`;
}

function sizeText(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
