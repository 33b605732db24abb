// One queue a device: calls run in the order made, an error stays with the values that it spoiled.
// Compiled programs are cached here by structure.

import { hostArray, byteSize, type HostArray } from "#engine/base/dtype.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { Graph, TensorType } from "#engine/graph/graph.ts";
import { platform } from "#engine/platform/api.ts";
import type { Device, Executable } from "#engine/runtime/device.ts";
import { Preparations } from "#engine/runtime/preparations.ts";
import { Storage } from "#engine/runtime/storage.ts";

/** A graph and its compiled form, compiled at the first call. */
export interface Program {
  readonly graph: Graph;
  /** Gives the graph that is compiled: equal, with the same parameters and as many outputs. */
  readonly finish: (graph: Graph) => Graph;
  /** Places of parameters that seldom change: what follows from them alone is computed when they do. */
  readonly constants?: ReadonlySet<number>;
  executable: Promise<Executable> | undefined;
}

const none: ReadonlySet<number> = new Set();

export class DeviceQueue {
  readonly device: Device;
  readonly programs: Map<string, Program> = new Map();
  readonly #preparations: Preparations;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(device: Device) {
    this.device = device;
    this.#preparations = new Preparations(device);
  }

  /** Runs after everything enqueued before; its failure is not the queue's. */
  enqueue<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Starts compiling if that has not begun. */
  compile(program: Program): Promise<Executable> {
    program.executable ??= this.#compile(program);
    program.executable.catch(() => undefined);
    return program.executable;
  }

  async #compile({ graph, finish, constants }: Program): Promise<Executable> {
    // The call that needs the program has traced it just now, in the same task.
    await platform().yield();
    return this.device.compile(finish(graph), constants);
  }

  /** A storage that holds a copy of `values`. */
  upload(type: TensorType, values: HostArray): Storage {
    const copy = values.slice();
    return this.uploadRead(type, () => Promise.resolve(copy));
  }

  /** A storage that holds what `read` gives, which is called in turn; its memory may serve the next one. */
  uploadRead(type: TensorType, read: () => Promise<HostArray>): Storage {
    const storage = new Storage(this, type);
    this.#fill([storage], async () => {
      const values = await read();
      const memory = this.device.allocate(Math.max(values.byteLength, 4));
      storage.memory = memory;
      await this.device.write(memory, values);
    });
    return storage;
  }

  /** A copy of a value that lies on another device. */
  receive(source: Storage): Storage {
    const values = source.queue.download(source);
    return this.uploadRead(source.type, () => values);
  }

  /** Reads a copy. @throws whatever spoiled the value, or state when it is gone */
  download(storage: Storage): Promise<HostArray> {
    storage.check();
    const size = sizeOf(storage.type.shape);
    return this.enqueue(async () =>
      size === 0 ? hostArray(storage.type.dtype, 0) : this.device.read(storage.memory, storage.type.dtype, size),
    );
  }

  /**
   * Calls a program; results are returned at once and filled when the queue gets there.
   * Arguments that the graph donates, or that `consumed` names, may not be used afterwards.
   */
  call(program: Program, args: readonly Storage[], consumed: ReadonlySet<number> = none): Storage[] {
    for (const storage of args) storage.check();
    const { graph } = program;
    const results = graph.outputs.map((output) => new Storage(this, output.type));
    void this.compile(program);
    for (const index of consumed) args[index]?.donate();
    this.#fill(results, () => this.#run(program, args, results, consumed));
    return results;
  }

  async #run(
    program: Program,
    args: readonly Storage[],
    results: Storage[],
    consumed: ReadonlySet<number>,
  ): Promise<void> {
    const executable = await this.compile(program);
    const prepared = await this.#preparations.memoryFor(executable, args, program.constants ?? none);
    const inputs = args.map((storage) => storage.memory);
    const outputs = results.map((result, index) => {
      const source = program.graph.donations[index] ?? -1;
      const donated = source < 0 ? undefined : args[source]?.take();
      const memory =
        donated ?? this.device.allocate(Math.max(sizeOf(result.type.shape) * byteSize(result.type.dtype), 4));
      result.memory = memory;
      return memory;
    });
    await this.device.run(executable, [...inputs, ...outputs, ...prepared]);
    for (const index of consumed) {
      if (!program.graph.donations.includes(index)) args[index]?.take().release();
    }
  }

  #fill(results: readonly Storage[], work: () => Promise<void>): void {
    this.enqueue(work).catch((reason: unknown) => {
      for (const result of results) result.fail(reason);
    });
  }
}
