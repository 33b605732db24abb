// Values between layers as short floats: rounded where a layer takes them, so that memory holds 16 bits; arithmetic stays
// in f32.

import type { Tensor } from "#engine/tensor/tensor.ts";
import { customGradient } from "#engine/tensor/transforms.ts";
import type { Layer, ShortFloat } from "./layer.ts";

/**
 * The value as a short float holds it, as f32. Gradients are rounded to bf16 likewise; to f16 they are not, since small ones
 * would become 0: so no loss has to be scaled.
 */
export function rounded(value: Tensor, storedAs: ShortFloat | undefined): Tensor {
  if (storedAs === undefined || value.dtype !== "f32") return value;
  if (storedAs === "bf16") return value.cast("bf16").cast("f32");
  return customGradient(
    (x) => x.cast("f16").cast("f32"),
    (_inputs, cotangent) => [cotangent],
  )(value);
}

const orderKeeping = ["maxPooling2d", "globalMaxPooling2d", "flatten", "reshape"];

/** Whether a layer gives some of the values that it takes: rounded after it they are the same, and it may follow a product. */
export function keepsOrder({ config: { kind } }: Layer): boolean {
  return orderKeeping.includes(kind);
}
