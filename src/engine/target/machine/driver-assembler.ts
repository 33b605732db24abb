// What a target offers to write the driver in: registers by what they hold, and operations on them.

/**
 * Registers. `control` to `chunk` outlive calls; `first` to `third` are arguments of calls, `result` is where atomic
 * operations leave a word as it was before. `stack` is the frame of a function, `caller` in what it calls.
 */
export type Place =
  | "control"
  | "scratch"
  | "group"
  | "end"
  | "call"
  | "chunk"
  | "first"
  | "second"
  | "third"
  | "result"
  | "seen"
  | "spins"
  | "stack"
  | "caller";

export type Width = 32 | 64;

export interface DriverAssembler {
  newLabel(): number;
  place(label: number): void;
  offsetOf(label: number): number;
  finish(): Uint8Array<ArrayBuffer>;
  /** Keeps what a function must give back, and takes a frame. */
  enter(frameBytes: number): void;
  /** Returns 0. */
  leave(frameBytes: number): void;
  enterCalled(): void;
  leaveCalled(): void;
  /** 32 bits come without sign. */
  load(bits: Width, into: Place, base: Place, offset: number): void;
  /** A word that other threads change: what they wrote before it is seen after it. */
  loadWatched(into: Place, base: Place, offset: number): void;
  store(bits: Width, from: Place, base: Place, offset: number): void;
  set(into: Place, value: number): void;
  copy(into: Place, from: Place): void;
  add(into: Place, x: Place, y: Place | number): void;
  subtract(into: Place, x: Place, y: Place): void;
  multiply(into: Place, x: Place, y: Place): void;
  /** Jumps where 64 bits without sign compare so; of words that were loaded the upper half is 0. */
  branch(holds: "equal" | "notEqual" | "notBelow", x: Place, y: Place | number, label: number): void;
  jump(label: number): void;
  call(label: number): void;
  callTo(address: Place): void;
  /** Adds to a word, ordered with all other accesses; `result` is what it was before. */
  addAtomically(base: Place, offset: number, step: number): void;
  /** Sleeps while the word at `first` is what `seen` holds; keeps `seen`. */
  sleep(): void;
  /** Wakes all who sleep for the word at `first`. */
  wakeAll(): void;
  pause(): void;
  clock(into: Place): void;
  saveFloatMode(base: Place, offset: number): void;
  setFloatMode(base: Place, offset: number): void;
}
