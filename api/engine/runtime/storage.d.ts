import type { TensorType } from "../graph/graph.js";
import type { DeviceMemory } from "./device.js";
import type { DeviceQueue } from "./queue.js";
export declare class Storage {
  #private;
  readonly queue: DeviceQueue;
  readonly type: TensorType;
  constructor(queue: DeviceQueue, type: TensorType);
  get memory(): DeviceMemory;
  set memory(memory: DeviceMemory);
  get identity(): object;
  whenGone(dependent: object, callback: () => void): void;
  fail(reason: unknown): void;
  check(): void;
  donate(): void;
  take(): DeviceMemory;
  release(): void;
}
