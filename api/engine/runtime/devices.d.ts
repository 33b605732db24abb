import type { Device } from "./device.js";
export interface DeviceOptions {
  readonly threads?: number;
  readonly precision?: "f32" | "f64";
  readonly relaxedSimd?: boolean;
  readonly instructionSet?: "avx2" | "avx512";
  readonly winograd?: boolean;
  readonly profile?: boolean;
}
export declare const deviceNames: readonly ["auto", "native", "wasm", "js"];
export type DeviceName = (typeof deviceNames)[number];
type MakeDevice = (options: DeviceOptions) => Device;
export declare function offerNativeDevice(
  make: MakeDevice,
  {
    isChosen,
  }: {
    readonly isChosen: boolean;
  },
): void;
export declare function makeDevice(name: DeviceName, options: DeviceOptions): Device;
export {};
