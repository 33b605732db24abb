// Loads and stores of each memory type, with widening and narrowing. u8, f16 and bf16 are storage only.

import { isVector, type MemoryType, type Statement, type Value } from "#engine/graph/kernel.ts";
import type { Memory, Register } from "#engine/target/machine/instruction.ts";
import { checkMemoryType, storedRegister } from "#engine/target/machine/memory-types.ts";
import { needOf } from "#engine/target/machine/operands.ts";
import { selectAddress } from "./select-address.ts";
import type { Selection } from "./selection.ts";

type Load = Extract<Value, { kind: "load" }>;
type Store = Extract<Statement, { kind: "store" }>;

/** Makes `into` hold what lies in memory. */
export function loadInto(s: Selection, { type, memory, pointer, offset, splat }: Load, into: Register): void {
  checkMemoryType(memory, type);
  const address = selectAddress(s, pointer, offset);
  if (!isVector(type)) loadScalar(s, memory, address, into);
  else if (splat) loadSplat(s, memory, address, into);
  else loadVector(s, memory, address, into);
}

function loadScalar(s: Selection, memory: MemoryType, address: Memory, into: Register): void {
  switch (memory) {
    case "f32":
      s.emit("vmovss", 128, [into, address]);
      return;
    case "i32":
      s.emit("mov", 32, [into, address]);
      return;
    case "u8":
      s.emit("movzx8", 32, [into, address]);
      return;
    case "f16":
    case "bf16": {
      const word = s.fresh("i32");
      s.emit("movzx16", 32, [word, address]);
      if (memory === "bf16") {
        s.emit("shl", 32, [word], { immediate: 16 });
        s.emit("vmovd", 128, [into, word]);
        return;
      }
      const half = s.fresh("f32");
      s.emit("vmovd", 128, [half, word]);
      s.emit("vcvtph2ps", 128, [into, half]);
      return;
    }
    default:
      memory satisfies never;
  }
}

function loadSplat(s: Selection, memory: MemoryType, address: Memory, into: Register): void {
  if (memory === "f32" || memory === "i32") {
    s.emit("vbroadcastss", s.vectorBits, [into, address]);
    return;
  }
  const first = s.fresh("f32");
  if (memory === "u8") {
    const word = s.fresh("i32");
    s.emit("movzx8", 32, [word, address]);
    s.emit("vmovd", 128, [first, word]);
  } else loadScalar(s, memory, address, first);
  s.emit("vbroadcastss", s.vectorBits, [into, first]);
}

function loadVector(s: Selection, memory: MemoryType, address: Memory, into: Register): void {
  const bits = s.vectorBits;
  switch (memory) {
    case "f32":
    case "i32":
      s.emit("vmovups", bits, [into, address]);
      return;
    case "u8":
      s.emit("vpmovzxbd", bits, [into, address]);
      return;
    case "f16":
      s.emit("vcvtph2ps", bits, [into, address]);
      return;
    case "bf16": {
      const words = s.fresh("vi32");
      s.emit("vpmovzxwd", bits, [words, address]);
      s.emit("vpslldBy", bits, [into, words], { immediate: 16 });
      return;
    }
    default:
      memory satisfies never;
  }
}

/** Stores a value. */
export function selectStore(s: Selection, { memory, pointer, offset, value }: Store): void {
  checkMemoryType(memory, value.type);
  if (memory === "i32" && value.kind === "constant" && value.type === "i32") {
    s.emit("movImmediate", 32, [selectAddress(s, pointer, offset)], { immediate: value.value | 0 });
    return;
  }
  const isAddressFirst = needOf(pointer) > needOf(value);
  const early = isAddressFirst ? selectAddress(s, pointer, offset) : undefined;
  const from = storedRegister(s, memory, value);
  const address = early ?? selectAddress(s, pointer, offset);
  if (isVector(value.type)) storeVector(s, memory, address, from);
  else storeScalar(s, memory, address, from);
}

function storeScalar(s: Selection, memory: MemoryType, address: Memory, from: Register): void {
  switch (memory) {
    case "f32":
      s.emit("vmovssStore", 128, [address, from]);
      return;
    case "i32":
      s.emit("store", 32, [address, from]);
      return;
    case "u8":
      s.emit("store8", 32, [address, from]);
      return;
    case "f16":
    case "bf16": {
      const half = memory === "bf16" ? from : s.fresh("f32");
      const word = s.fresh("i32");
      if (memory === "f16") s.emit("vcvtps2ph", 128, [half, from], { immediate: 0 });
      s.emit("vmovdTo", 128, [word, half]);
      s.emit("store16", 32, [address, word]);
      return;
    }
    default:
      memory satisfies never;
  }
}

function storeVector(s: Selection, memory: MemoryType, address: Memory, from: Register): void {
  const bits = s.vectorBits;
  switch (memory) {
    case "f32":
    case "i32":
      s.emit("vmovupsStore", bits, [address, from]);
      return;
    case "f16":
      s.emit("vcvtps2ph", bits, [address, from], { immediate: 0 });
      return;
    case "u8":
    case "bf16":
      if (s.hasMasks) s.emit(memory === "u8" ? "vpmovdb" : "vpmovdw", bits, [address, from]);
      else storePacked(s, memory, address, from);
      return;
    default:
      memory satisfies never;
  }
}

/** The low bits of eight lanes side by side. */
function storePacked(s: Selection, memory: "u8" | "bf16", address: Memory, from: Register): void {
  let whole = from;
  if (memory === "u8") {
    whole = s.fresh("vi32");
    s.emit("vandps", 256, [whole, from, s.constantLanes({ kind: "constant", type: "vi32", value: 255 })]);
  }
  const [upper, packed] = [s.fresh("f32"), s.fresh("f32")];
  s.emit("vextractf128", 256, [upper, whole], { immediate: 1 });
  s.emit("vpackusdw", 128, [packed, whole, upper]);
  if (memory === "bf16") {
    s.emit("vmovupsStore", 128, [address, packed]);
    return;
  }
  const bytes = s.fresh("f32");
  s.emit("vpackuswb", 128, [bytes, packed, packed]);
  s.emit("vmovqStore", 128, [address, bytes]);
}
