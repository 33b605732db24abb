import type { TfEvent } from "./tfevents/event.js";
export declare const fileVersion = "brain.Event:2";
export interface EventFile {
  readonly events: readonly TfEvent[];
  readonly numBytes: number;
}
export declare function encodeEvents(events: readonly TfEvent[]): Uint8Array;
export declare function decodeEvents(bytes: Uint8Array): EventFile;
export declare function readEvents(bytes: Uint8Array): Generator<TfEvent, void, undefined>;
