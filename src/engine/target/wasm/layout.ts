// Where things lie in a device's memory that both the emitted code and the runtime must agree on.

/** Words that all threads share, each on a cache line of its own, at fixed addresses. */
export const control = {
  /** Not 0 after a failure: every thread leaves the step at its next barrier. */
  poison: 1024,
  /** Threads that reached the barrier. */
  arrived: 1152,
  /** Counts barriers; what waiting threads watch. */
  generation: 1280,
  /** The next unclaimed chunk of the current kernel. */
  counter: 1408,
  /** Threads asleep at the barrier. */
  sleepers: 1536,
  numThreads: 1664,
  /** How often a thread looks again before it sleeps. */
  spins: 1668,
} as const;

/** Buffers begin here. Nothing is allocated below, so a load may add up to as much to its base without wrapping. */
export const heapStart: number = 1 << 20;

/** The table of one run: a header, then the buffer addresses of each step, one i32 each. */
export const table = {
  /** Scratch of thread 0. */
  scratch: 0,
  /** Bytes between the scratch regions of two threads. */
  scratchStride: 4,
  /** A profiled program adds milliseconds here, one f64 a step. */
  times: 8,
  header: 16,
} as const;

/** Bytes of a page of memory. */
export const pageBytes = 65536;

/** Most pages that a 32-bit memory has: 4 GiB. */
export const maxPages = 65536;
