// Storage: the memory that a value has, or will have, on a device. Memory returns to its device when nobody can reach
// the storage any more, or at once by `release`.

import { SinterError } from "#engine/base/error.ts";
import type { TensorType } from "#engine/graph/graph.ts";
import type { DeviceMemory } from "#engine/runtime/device.ts";
import type { DeviceQueue } from "#engine/runtime/queue.ts";

/** The memory, and what depends on its values. */
interface Holder {
  memory: DeviceMemory | undefined;
  readonly dependents: Map<object, () => void>;
}

const abandoned = new FinalizationRegistry<Holder>((holder) => {
  leave(holder);
  holder.memory?.release();
});

function leave({ dependents }: Holder): void {
  for (const callback of dependents.values()) callback();
  dependents.clear();
}

export class Storage {
  readonly queue: DeviceQueue;
  readonly type: TensorType;
  readonly #holder: Holder = { memory: undefined, dependents: new Map() };
  #failure: unknown;
  #state: "live" | "donated" | "disposed" = "live";

  constructor(queue: DeviceQueue, type: TensorType) {
    this.queue = queue;
    this.type = type;
    abandoned.register(this, this.#holder, this);
  }

  /** The memory; there is some once the queue has reached the call that fills it. */
  get memory(): DeviceMemory {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#holder.memory === undefined) throw this.#gone();
    return this.#holder.memory;
  }

  /** Set when the queue reaches the call that fills it; a release asked for meanwhile is behind that call in the queue. */
  set memory(memory: DeviceMemory) {
    this.#holder.memory = memory;
  }

  /** Stands for this value without keeping it alive. */
  get identity(): object {
    return this.#holder;
  }

  /** Calls back when the value goes: released, given away or out of reach. @param dependent has one callback, the last */
  whenGone(dependent: object, callback: () => void): void {
    this.#holder.dependents.set(dependent, callback);
  }

  /** What a read of this value must report. */
  fail(reason: unknown): void {
    this.#failure = reason;
  }

  /** @throws state when the value was donated or disposed */
  check(): void {
    if (this.#state !== "live") throw this.#gone();
  }

  /** Marks the value as given away at the call that is being made: later calls may not use it. */
  donate(): void {
    this.#state = "donated";
  }

  /** Takes the memory of a donated value out, to belong to a result. */
  take(): DeviceMemory {
    const memory = this.memory;
    leave(this.#holder);
    this.#holder.memory = undefined;
    abandoned.unregister(this);
    return memory;
  }

  /** Gives the memory back, once the calls made so far have run. */
  release(): void {
    if (this.#state === "disposed") return;
    this.#state = "disposed";
    // Until it is unregistered it survives every collection but a full one.
    abandoned.unregister(this);
    void this.queue.enqueue(() => {
      leave(this.#holder);
      this.#holder.memory?.release();
      this.#holder.memory = undefined;
      return Promise.resolve();
    });
  }

  #gone(): SinterError {
    return new SinterError(
      "state",
      `This ${this.type.dtype} tensor of shape [${this.type.shape.join(", ")}] was ${this.#state}. ` +
        "Use the result that replaced it, or do not donate or dispose it.",
    );
  }
}
