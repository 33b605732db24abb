// Integers narrower than 32 bits on a device, which computes them in 32.

import { bitwiseAnd } from "#engine/tensor/bits.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { ElementType } from "./graph.ts";

/** An i32 result wrapped around to the range of a narrower type; others as they are. */
export function wrapped(type: ElementType, x: Tensor): Tensor {
  if (x.dtype !== "i32") return x;
  switch (type) {
    case "u8":
      return bitwiseAnd(x, 0xff).cast("u8");
    case "u16":
      return bitwiseAnd(x, 0xffff);
    case "i8":
      return bitwiseAnd(x.add(0x80), 0xff).sub(0x80);
    case "i16":
      return bitwiseAnd(x.add(0x8000), 0xffff).sub(0x8000);
    default:
      return x;
  }
}
