import { type DeviceName, type DeviceOptions } from "../runtime/devices.js";
import type { Device } from "../runtime/device.js";
import { DeviceQueue } from "../runtime/queue.js";
export declare function useDevice(name: DeviceName, options?: DeviceOptions): Promise<void>;
export declare function openDevice(name: DeviceName, options?: DeviceOptions): Promise<DeviceQueue>;
export declare function currentQueue(): DeviceQueue;
export declare function currentDevice(): Pick<Device, "name" | "description" | "arithmetic" | "liveBytes">;
export declare function closeDevice(): Promise<void>;
