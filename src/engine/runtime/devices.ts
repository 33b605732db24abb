// The devices by name. Which one is the default is not known here.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import type { Device } from "#engine/runtime/device.ts";
import { createJsDevice } from "#engine/runtime/js-device.ts";
import { createWasmDevice } from "#engine/runtime/wasm-device.ts";

export interface DeviceOptions {
  /** Threads that compute; every core by default. */
  readonly threads?: number;
  /** Of the js device: what it computes in. */
  readonly precision?: "f32" | "f64";
  /** Whether wasm may use relaxed (fused) multiply-add where the host has it; default true. */
  readonly relaxedSimd?: boolean;
  /** Of the native device: which instructions it may use; the best that the processor has when left out. */
  readonly instructionSet?: "avx2" | "avx512";
  /** Whether native and wasm may take Winograd's algorithm for 3 x 3 convolutions (errors up to 1e-4 of the rms); default true. */
  readonly winograd?: boolean;
  /** Whether native and wasm measure each kernel, so that `explain` shows times after a run; default false. */
  readonly profile?: boolean;
}

export const deviceNames = ["auto", "native", "wasm", "js"] as const;
export type DeviceName = (typeof deviceNames)[number];

type MakeDevice = (options: DeviceOptions) => Device;

let makeNative: MakeDevice | undefined;
let isNativeChosen = false;
let isWarned = false;

/**
 * Called by the entry of a host that runs machine code: others do not even carry the compiler for it.
 * @param isChosen whether "auto" may take it, too: not where it never ran on a real processor
 */
export function offerNativeDevice(make: MakeDevice, { isChosen }: { readonly isChosen: boolean }): void {
  makeNative = make;
  isNativeChosen = isChosen;
}

/** A device. @throws device when it cannot be had, with the reason */
export function makeDevice(name: DeviceName, options: DeviceOptions): Device {
  switch (name) {
    case "auto":
      return makeBest(options);
    case "native":
      if (makeNative !== undefined) return makeNative(options);
      throw new SinterError("missing", 'native: a page runs no machine code. Use "wasm".');
    case "wasm":
      return createWasmDevice(options);
    case "js":
      return createJsDevice(options);
    default:
      name satisfies never;
      throw new SinterError("device", `Device "${String(name)}" is not known. Use one of ${deviceNames.join(", ")}.`, {
        name,
      });
  }
}

/** Machine code where it can be had, else wasm. Why not is said once, unless this kind of machine never has it. */
function makeBest(options: DeviceOptions): Device {
  try {
    if (makeNative !== undefined && isNativeChosen) return makeNative(options);
  } catch (error) {
    if (!(error instanceof SinterError) || error.code === "option") throw error;
    if (error.code !== "missing" && !isWarned) platform().warn(`${error.message} Until then wasm computes, slower.`);
    isWarned = true;
  }
  return createWasmDevice(options);
}
