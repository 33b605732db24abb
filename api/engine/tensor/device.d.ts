import { DeviceQueue } from "../runtime/queue.js";
export interface DeviceOptions {
  readonly threads?: number;
  readonly precision?: "f32" | "f64";
  readonly relaxedSimd?: boolean;
  readonly winograd?: boolean;
  readonly profile?: boolean;
}
export type DeviceName = "auto" | "js" | "wasm";
export declare function useDevice(name: DeviceName, options?: DeviceOptions): Promise<void>;
export declare function openDevice(name: DeviceName, options?: DeviceOptions): Promise<DeviceQueue>;
export declare function currentQueue(): DeviceQueue;
export declare function currentDevice(): {
  readonly name: string;
  readonly description: string;
  readonly liveBytes: number;
};
export declare function closeDevice(): Promise<void>;
