// Devices as users choose them. The default device is process-wide state, one of the two that sinter has.

import { SinterError } from "#engine/base/error.ts";
import { createJsDevice } from "#engine/runtime/js-device.ts";
import { createNativeDevice } from "#engine/runtime/native-device.ts";
import { DeviceQueue } from "#engine/runtime/queue.ts";
import { createWasmDevice } from "#engine/runtime/wasm-device.ts";

export interface DeviceOptions {
  /** Threads that compute; every core by default. */
  readonly threads?: number;
  /** Of the js device: what it computes in. */
  readonly precision?: "f32" | "f64";
  /** Whether wasm may use relaxed (fused) multiply-add where the host has it; default true. */
  readonly relaxedSimd?: boolean;
  /** Whether wasm may take Winograd's algorithm for 3 x 3 convolutions (errors up to 1e-4 of the rms); default true. */
  readonly winograd?: boolean;
  /** Whether wasm measures each kernel, so that `explain` shows times after a run; default false. */
  readonly profile?: boolean;
}

export const deviceNames = ["auto", "native", "wasm", "js"] as const;
export type DeviceName = (typeof deviceNames)[number];

let current: DeviceQueue | undefined;

/**
 * Chooses the device that new tensors live on and compiled functions run on.
 * @param name "wasm" (compiled, threads), "js" (an interpreter: slow, obvious) or "auto" (the best that is there)
 * @throws device when it cannot be had
 */
export async function useDevice(name: DeviceName, options: DeviceOptions = {}): Promise<void> {
  current = await openDevice(name, options);
}

/** A device of its own, not made the default. */
export async function openDevice(name: DeviceName, options: DeviceOptions = {}): Promise<DeviceQueue> {
  if (!deviceNames.includes(name)) {
    throw new SinterError("device", `Device "${String(name)}" is not known. Use one of ${deviceNames.join(", ")}.`, {
      name,
    });
  }
  if (name === "js") return new DeviceQueue(createJsDevice(options));
  if (name === "native") return new DeviceQueue(createNativeDevice(options));
  return new DeviceQueue(createWasmDevice(options));
}

/** The default device's queue; wasm when none was chosen. */
export function currentQueue(): DeviceQueue {
  current ??= new DeviceQueue(createWasmDevice({}));
  return current;
}

/** What the default device is, as `sinter doctor` prints it. */
export function currentDevice(): { readonly name: string; readonly description: string; readonly liveBytes: number } {
  return currentQueue().device;
}

/** Ends the threads of the default device and gives its memory back. */
export async function closeDevice(): Promise<void> {
  const closing = current;
  current = undefined;
  await closing?.device.close();
}
