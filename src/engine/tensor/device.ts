// Devices as users choose them. The default device is process-wide state, one of the two that sinter has.

import { makeDevice, type DeviceName, type DeviceOptions } from "#engine/runtime/devices.ts";
import type { Device } from "#engine/runtime/device.ts";
import { DeviceQueue } from "#engine/runtime/queue.ts";

let current: DeviceQueue | undefined;

/**
 * Chooses the device that new tensors live on and compiled functions run on.
 * @param name "native" (machine code, threads), "wasm" (compiled, threads), "js" (an interpreter: slow, obvious) or "auto"
 * (the best that is there)
 * @throws device when it cannot be had
 */
export async function useDevice(name: DeviceName, options: DeviceOptions = {}): Promise<void> {
  current = await openDevice(name, options);
}

/** A device of its own, not made the default. */
export async function openDevice(name: DeviceName, options: DeviceOptions = {}): Promise<DeviceQueue> {
  return new DeviceQueue(makeDevice(name, options));
}

/** The default device's queue; the best one when none was chosen. */
export function currentQueue(): DeviceQueue {
  current ??= new DeviceQueue(makeDevice("auto", {}));
  return current;
}

/** What the default device is, as `sinter doctor` prints it. */
export function currentDevice(): Pick<Device, "name" | "description" | "arithmetic" | "liveBytes"> {
  return currentQueue().device;
}

/** Ends the threads of the default device and gives its memory back. */
export async function closeDevice(): Promise<void> {
  const closing = current;
  current = undefined;
  await closing?.device.close();
}
