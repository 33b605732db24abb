// Loads and stores of each memory type, with widening and narrowing. u8, f16 and bf16 are storage only.

import { isVector, type MemoryType, type Statement, type Value } from "#engine/graph/kernel.ts";
import type { Memory, Register } from "#engine/target/machine/instruction.ts";
import { checkMemoryType, storedRegister } from "#engine/target/machine/memory-types.ts";
import { needOf } from "#engine/target/machine/operands.ts";
import { zero } from "./instruction.ts";
import { selectAddress } from "./select-address.ts";
import { splatInto } from "./select-lanes.ts";
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
      s.emit("vldr", 32, [into, address]);
      return;
    case "i32":
      s.emit("ldr", 32, [into, address]);
      return;
    case "u8":
      s.emit("ldr", 8, [into, address]);
      return;
    case "f16": {
      const half = s.fresh("f32");
      s.emit("vldr", 16, [half, address]);
      s.emit("halfToSingle", 32, [into, half]);
      return;
    }
    case "bf16": {
      const word = s.fresh("i32");
      s.emit("ldr", 16, [word, address]);
      s.emit("lslImmediate", 32, [word, word], { immediate: 16 });
      s.emit("fmovFrom", 32, [into, word]);
      return;
    }
    default:
      memory satisfies never;
  }
}

function loadSplat(s: Selection, memory: MemoryType, address: Memory, into: Register): void {
  if (memory === "u8") {
    const word = s.fresh("i32");
    loadScalar(s, memory, address, word);
    splatInto(s, word, into);
    return;
  }
  const first = s.fresh("f32");
  loadScalar(s, memory === "i32" ? "f32" : memory, address, first);
  splatInto(s, first, into);
}

function loadVector(s: Selection, memory: MemoryType, address: Memory, into: Register): void {
  if (memory === "f32" || memory === "i32") {
    s.emit("vldr", 128, [into, address]);
    return;
  }
  const narrow = s.fresh("vi32");
  s.emit("vldr", memory === "u8" ? 32 : 64, [narrow, address]);
  if (memory === "u8") {
    s.emit("bytesToHalves", 128, [narrow, narrow]);
    s.emit("halvesToWords", 128, [into, narrow]);
  } else s.emit(memory === "f16" ? "halfToSingle" : "halvesToUpper", 128, [into, narrow]);
}

/** Stores a value. */
export function selectStore(s: Selection, { memory, pointer, offset, value }: Store): void {
  checkMemoryType(memory, value.type);
  if (memory === "i32" && value.kind === "constant" && value.type === "i32" && value.value === 0) {
    s.emit("str", 32, [selectAddress(s, pointer, offset), zero]);
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
      s.emit("vstr", 32, [address, from]);
      return;
    case "i32":
      s.emit("str", 32, [address, from]);
      return;
    case "u8":
      s.emit("str", 8, [address, from]);
      return;
    case "f16": {
      const half = s.fresh("f32");
      s.emit("singleToHalf", 32, [half, from]);
      s.emit("vstr", 16, [address, half]);
      return;
    }
    case "bf16":
      s.emit("vstr", 16, [address, from]);
      return;
    default:
      memory satisfies never;
  }
}

function storeVector(s: Selection, memory: MemoryType, address: Memory, from: Register): void {
  if (memory === "f32" || memory === "i32") {
    s.emit("vstr", 128, [address, from]);
    return;
  }
  const narrow = s.fresh("vi32");
  s.emit(memory === "f16" ? "singleToHalf" : "wordsToHalves", 128, [narrow, from]);
  if (memory === "u8") s.emit("halvesToBytes", 128, [narrow, narrow]);
  s.emit("vstr", memory === "u8" ? 32 : 64, [address, narrow]);
}
