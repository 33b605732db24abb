// TensorBoard's event files: events to bytes and back. What a record may hold is bounded by its own bytes; nothing is
// executed.

import { SinterError } from "#engine/base/error.ts";
import { WireType } from "@bufbuild/protobuf/wire";
import type { EventContent, TfEvent } from "./tfevents/event.ts";
import { damaged, eachField, message, writeBytes, writeDouble, writeText } from "./tfevents/fields.ts";
import { graphMessage, readGraph } from "./tfevents/graph-def.ts";
import { readSummary, type SummaryReader, valueMessage } from "./tfevents/summary.ts";
import { afterRecord, encodeRecord, readRecord } from "./tfevents/tfrecord.ts";

/** The version that every event file begins with. */
export const fileVersion = "brain.Event:2";
/** Of a file that is decoded whole; longer ones are read by `readEvents`. */
const maxEvents = 1_000_000;

/** What an event file holds. */
export interface EventFile {
  readonly events: readonly TfEvent[];
  /** Bytes of whole records. Fewer than the file has where its last record was cut off, or is being written. */
  readonly numBytes: number;
}

/**
 * Events as an event file holds them, each a TFRecord. A file begins with the event of its version, which is not added here.
 * @throws value for a step that is no integer
 * @source TensorFlow, core/util/event.proto
 * @example
 * const bytes = encodeEvents([
 *   { wallTime: 1.7e9, step: 0, content: { kind: "fileVersion", version: "brain.Event:2" } },
 *   { wallTime: 1.7e9, step: 3, content: { kind: "summary", values: [{ kind: "scalar", tag: "epoch_loss", value: 0.25 }] } },
 * ]);
 */
export function encodeEvents(events: readonly TfEvent[]): Uint8Array {
  const records = events.map((event) => encodeRecord(eventMessage(event)));
  const bytes = new Uint8Array(records.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const record of records) {
    bytes.set(record, at);
    at += record.length;
  }
  return bytes;
}

function eventMessage({ wallTime, step, content }: TfEvent): Uint8Array {
  if (!Number.isSafeInteger(step)) {
    throw new SinterError("value", `encodeEvents: step ${step}. Give an integer.`, { step });
  }
  return message((writer) => {
    writeDouble(writer, 1, wallTime);
    if (step !== 0) writer.tag(2, WireType.Varint).int64(step);
    if (content.kind === "fileVersion") writeText(writer, 3, content.version);
    else if (content.kind === "graph") writeBytes(writer, 4, graphMessage(content.nodes));
    else if (content.kind === "summary") {
      const summary = message((inner) => {
        for (const value of content.values) writeBytes(inner, 1, valueMessage(value));
      });
      writeBytes(writer, 5, summary);
    }
  });
}

/**
 * The events of an event file. A last record that was cut off is left out, as in TensorBoard: a file may be read while it
 * grows.
 * @throws format for bytes that are no event file, or are damaged; limit for more than a million events
 * @example
 * const { events } = decodeEvents(bytes);
 */
export function decodeEvents(bytes: Uint8Array): EventFile {
  const events: TfEvent[] = [];
  let numBytes = 0;
  for (const { event, end } of eventsOf(bytes)) {
    if (events.length === maxEvents) {
      throw new SinterError("limit", `decodeEvents: more than ${maxEvents} events. Read them with readEvents.`);
    }
    events.push(event);
    numBytes = end;
  }
  return { events, numBytes };
}

/** The events of an event file, one after another: for files too long to hold. @throws format */
export function* readEvents(bytes: Uint8Array): Generator<TfEvent, void, undefined> {
  for (const { event } of eventsOf(bytes)) yield event;
}

function* eventsOf(bytes: Uint8Array): Generator<{ readonly event: TfEvent; readonly end: number }, void, undefined> {
  const reader: SummaryReader = { tags: new Map(), budget: { numRepeated: 0 } };
  let start = 0;
  for (let number = 0; ; number += 1) {
    const record = readRecord(bytes, start);
    if (record === undefined) break;
    start = afterRecord(start, record);
    yield { event: readEvent(record, `event ${number}`, reader), end: start };
  }
  if (start === 0 && bytes.length > 0) throw damaged("event 0", "the file has no whole record");
}

function readEvent(bytes: Uint8Array, where: string, reader: SummaryReader): TfEvent {
  let [wallTime, step] = [0, 0];
  let content: EventContent = { kind: "other" };
  eachField(bytes, where, (field) => {
    if (field.number === 1) wallTime = field.decimal();
    else if (field.number === 2) step = field.integer();
    else if (field.number === 3) content = { kind: "fileVersion", version: field.text() };
    else if (field.number === 4) content = { kind: "graph", nodes: readGraph(field.bytes(), where) };
    else if (field.number === 5) content = { kind: "summary", values: readSummary(field.bytes(), where, reader) };
  });
  return { wallTime, step, content };
}
