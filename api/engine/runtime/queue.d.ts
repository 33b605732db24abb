import { type HostArray } from "../base/dtype.js";
import type { Graph, TensorType } from "../graph/graph.js";
import type { Device, Executable } from "./device.js";
import { Storage } from "./storage.js";
export interface Program {
  readonly graph: Graph;
  readonly finish: (graph: Graph) => Graph;
  readonly constants?: ReadonlySet<number>;
  executable: Promise<Executable> | undefined;
}
export declare class DeviceQueue {
  #private;
  readonly device: Device;
  readonly programs: Map<string, Program>;
  constructor(device: Device);
  enqueue<Result>(work: () => Promise<Result>): Promise<Result>;
  compile(program: Program): Promise<Executable>;
  upload(type: TensorType, values: HostArray): Storage;
  uploadRead(type: TensorType, read: () => Promise<HostArray>): Storage;
  receive(source: Storage): Storage;
  download(storage: Storage): Promise<HostArray>;
  call(program: Program, args: readonly Storage[], consumed?: ReadonlySet<number>): Storage[];
}
