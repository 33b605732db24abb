// Where things lie in a device's memory that both the emitted driver and the runtime must agree on.

/** Bytes of a buffer that signed offsets of 32 bits reach, less what code reads past the end. */
export const mostOffset: number = 2 ** 31 - 2 ** 16;

/** Offsets in the device's control block; words that threads watch lie on cache lines of their own. */
export const control = {
  /** The next unclaimed chunk of the current group. */
  counter: 0,
  /** Threads that reached the barrier. */
  arrived: 128,
  /** Counts barriers; what waiting threads watch. */
  generation: 256,
  /** Threads asleep at the barrier. */
  sleepers: 384,
  /** Counts runs; what idle threads watch. */
  runs: 512,
  /** Threads asleep between runs. */
  idle: 640,
  /** From here on nothing changes within a run. */
  numThreads: 768,
  /** How often a thread looks again before it sleeps. */
  spins: 772,
  /** Not 0 when threads shall end. */
  isEnding: 776,
  /** How floats are handled: round to nearest, no exceptions, denormals are 0. */
  floatMode: 780,
  /** First group of the program that runs, and where its groups end. */
  groups: 784,
  groupsEnd: 792,
  /** Scratch of thread 0, and the bytes between those of two threads. */
  scratch: 800,
  scratchStride: 808,
  bytes: 1024,
} as const;

/** What a thread is started with: the control block, and its number from 1. */
export const threadStart = { control: 0, thread: 8, bytes: 16 } as const;

/** Calls between two barriers: a header, then kernel and buffer table of each call. */
export const group = {
  numChunks: 0,
  numCalls: 4,
  /** Ticks of the processor's clock, in all runs together. */
  ticks: 8,
  header: 16,
  kernel: 0,
  buffers: 8,
  callBytes: 16,
} as const;
