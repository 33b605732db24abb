// Event files: round trips, files of TensorFlow and Keras (scripts/golden/event_files.py), cut-off and damaged ones.

import "#entry/install-node.ts";
import { expect, test } from "vitest";
import { SinterError } from "#engine/base/error.ts";
import { readGolden, uniformValues } from "../../../test/golden/golden.ts";
import { surviveMutations } from "../../../test/fuzz/mutations.ts";
import { decodeEvents, encodeEvents, readEvents } from "./tfevents.ts";
import { crc32c } from "./tfevents/crc32c.ts";
import type { EventContent, SummaryValue, TfEvent } from "./tfevents/event.ts";
import { histogramSummary, prCurveSummary } from "./tfevents/make-summary.ts";
import { encodeRecord } from "./tfevents/tfrecord.ts";

interface GoldenFile {
  readonly file: { readonly base64: string };
  readonly values: readonly {
    readonly step: number;
    readonly tag: string;
    readonly plugin: string;
    readonly numbers: readonly number[];
  }[];
}

const golden = readGolden("event-files") as {
  readonly files: Readonly<Record<string, GoldenFile>>;
  readonly histogram: readonly number[];
};
const bytesOf = ({ file }: GoldenFile): Uint8Array => Uint8Array.from(Buffer.from(file.base64, "base64"));

const curve = prCurveSummary("curve", [1, 0, 1, 1, 0], [0.9, 0.3, 0.4, 1, 0.75], { numThresholds: 5 });
const values: readonly SummaryValue[] = [
  { kind: "scalar", tag: "loss", value: 0.5, description: "of *training*" },
  { kind: "histogram", tag: "weights", buckets: Float64Array.of(-1, 0, 3, 0, 1, 0.5) },
  { kind: "images", tag: "pictures", width: 2, height: 3, pngs: [Uint8Array.of(1, 2), Uint8Array.of(3)] },
  { kind: "text", tag: "notes", texts: ["**a**", "grüße", ""] },
  curve,
  {
    kind: "experiment",
    timeCreated: 3.5,
    hyperparameters: [
      { name: "units", type: "number", values: [4, 8] },
      { name: "rate", type: "number", range: [0.1, 0.5], description: "of learning" },
      { name: "optimizer", type: "string", values: ["sgd", "adam"] },
      { name: "deep", type: "boolean" },
    ],
    metrics: [{ tag: "epoch_loss", group: "validation", displayName: "loss" }, { tag: "x" }],
  },
  { kind: "sessionStart", hyperparameters: { units: 4, name: "x", deep: false }, groupName: "a", startTime: 1.5 },
  { kind: "sessionEnd", status: "success", endTime: 2.5 },
  { kind: "other", tag: "mine", plugin: "my_plugin", shape: [2, 1], numbers: Float64Array.of(1, 2) },
];
const contents: readonly EventContent[] = [
  { kind: "fileVersion", version: "brain.Event:2" },
  {
    kind: "graph",
    nodes: [
      { name: "input", op: "InputLayer", inputs: [], outputShapes: [[-1, 2]] },
      {
        name: "dense",
        op: "Dense",
        inputs: ["input", "other:1"],
        outputShapes: [[-1, 3], []],
        attributes: { units: 3, rate: 0.5, activation: "relu", useBias: true },
      },
    ],
  },
  ...values.map((value): EventContent => ({ kind: "summary", values: [value] })),
  { kind: "other" },
];
const events: readonly TfEvent[] = contents.map((content, step) => ({ wallTime: 1.7e9 + step, step, content }));

/** What a call throws. */
function errorOf(call: () => unknown): SinterError {
  try {
    call();
  } catch (error) {
    if (error instanceof SinterError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("checksums are those of RFC 3720", () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
});

test("what is written is read", () => {
  const bytes = encodeEvents(events);
  expect(decodeEvents(bytes)).toEqual({ events, numBytes: bytes.length });
  expect([...readEvents(bytes)]).toEqual(events);
  expect(decodeEvents(new Uint8Array(0))).toEqual({ events: [], numBytes: 0 });
  expect(decodeEvents(encodeEvents([{ wallTime: 0, step: -3, content: { kind: "other" } }])).events[0]?.step).toBe(-3);
});

test("a step that is no integer is refused", () => {
  const event: TfEvent = { wallTime: 0, step: 0.5, content: { kind: "other" } };
  expect(errorOf(() => encodeEvents([event])).code).toBe("value");
});

test.each(Object.keys(golden.files))("reads what TensorFlow wrote: %s", (name) => {
  const file = golden.files[name]!;
  const read = decodeEvents(bytesOf(file)).events.flatMap(({ step, content }) =>
    content.kind === "summary" ? content.values.map((value) => ({ step, value })) : [],
  );
  expect(read).toHaveLength(file.values.length);
  file.values.forEach(({ step, tag, plugin, numbers }, index) => {
    const found = read[index]!;
    expect(found.step).toBe(step);
    if ("tag" in found.value) expect(found.value.tag).toBe(tag);
    const { value } = found;
    if (plugin === "scalars") expect(value).toMatchObject({ kind: "scalar", value: numbers[0] });
    else if (plugin === "histograms") expect(value).toMatchObject({ buckets: Float64Array.from(numbers) });
    else if (plugin === "images") expect(value).toMatchObject({ kind: "images" });
    else if (plugin === "text") expect(value).toMatchObject({ texts: ["**bold**", "grüße"] });
  });
});

test("reads every kind that TensorFlow writes", () => {
  const found = new Map<string, SummaryValue>();
  for (const { content } of decodeEvents(bytesOf(golden.files["kinds"]!)).events) {
    if (content.kind !== "summary") continue;
    for (const value of content.values) found.set("tag" in value ? value.tag : value.kind, value);
  }
  // Its last value came without metadata: a tag's first value says what it is.
  expect(found.get("a/scalar")).toEqual({ kind: "scalar", tag: "a/scalar", value: 0.75, description: "of *one* kind" });
  const image = found.get("a/image");
  expect(image).toMatchObject({ kind: "images", width: 2, height: 2 });
  const pngs = image?.kind === "images" ? image.pngs : [];
  expect(pngs.map((png) => String.fromCharCode(...png.subarray(1, 4)))).toEqual(["PNG", "PNG"]);
  expect({ ...found.get("a/curve/pr_curves"), tag: "curve" }).toEqual(curve);
  expect(found.get("experiment")).toEqual({
    kind: "experiment",
    timeCreated: 12.5,
    hyperparameters: [
      { name: "units", type: "number", values: [4, 8] },
      { name: "rate", type: "number", range: [0.1, 0.5] },
      { name: "optimizer", type: "string", values: ["adam", "sgd"] },
    ],
    metrics: [{ tag: "epoch_loss", group: "validation", displayName: "loss" }],
  });
  expect(found.get("sessionStart")).toEqual({
    kind: "sessionStart",
    hyperparameters: { deep: true, optimizer: "sgd", rate: 0.25, units: 4 },
    groupName: "first",
    startTime: 13.5,
  });
  expect(found.get("old/scalar")).toMatchObject({ kind: "scalar", value: 0.5 });
  expect(found.get("old/histogram")).toMatchObject({ buckets: Float64Array.of(-1, 0, 1, 0, 1, 0, 1, 2, 2) });
  expect(found.get("ones")).toMatchObject({ shape: [3, 4], numbers: new Float64Array(12).fill(1) });
});

test("histograms are TensorBoard's", () => {
  const { buckets } = histogramSummary("x", uniformValues(5, 50), 7);
  expect(buckets).toHaveLength(golden.histogram.length);
  buckets.forEach((value, index) => expect(value).toBeCloseTo(golden.histogram[index]!, 12));
  const kinds = golden.files["kinds"]!.values;
  const numbersOf = (tag: string): readonly number[] => kinds.find((one) => one.tag === tag)!.numbers;
  expect([...histogramSummary("x", [1, 2, 4, 4, Number.NaN], 3).buckets]).toEqual(numbersOf("a/histogram"));
  expect([...histogramSummary("x", [2, 2], 3).buckets]).toEqual(numbersOf("a/equal"));
  expect([...histogramSummary("x", [], 1).buckets]).toEqual([0, 0, 0]);
});

test("curves need as many labels as predictions", () => {
  expect(errorOf(() => prCurveSummary("x", [1], [0.5, 0.5])).code).toBe("shape");
  expect(errorOf(() => prCurveSummary("x", [1], [0.5], { numThresholds: 1 })).code).toBe("option");
  expect([...prCurveSummary("x", [], [], { numThresholds: 2 }).precision]).toEqual([0, 0]);
  expect([...prCurveSummary("x", [1], [2], { numThresholds: 2, weights: [3] }).truePositives]).toEqual([3, 3]);
});

test("a file that is still being written is read as far as it is whole", () => {
  const bytes = encodeEvents(events);
  const whole = encodeEvents(events.slice(0, -1)).length;
  for (let length = whole; length < bytes.length; length += 1) {
    expect(decodeEvents(bytes.subarray(0, length))).toEqual({ events: events.slice(0, -1), numBytes: whole });
  }
});

test.each([
  ["a changed byte", (bytes: Uint8Array) => bytes.fill(7, 30, 31), /checksum/],
  ["a changed length", (bytes: Uint8Array) => bytes.fill(7, 0, 1), /length/],
  ["text", () => new TextEncoder().encode("this is no event file at all"), /checksum/],
  ["a few bytes", () => Uint8Array.of(1, 2, 3), /no whole record/],
  ["an endless varint", () => encodeRecord(new Uint8Array(40).fill(0xff)), /event 0/],
  ["a group", () => encodeRecord(Uint8Array.of(0x7b, 0x7c)), /group/],
  ["a step beyond 2^53", () => encodeRecord(Uint8Array.of(0x10, ...new Uint8Array(8).fill(0xff), 0x7f)), /field 2/],
])("%s is refused", (_, damage, message) => {
  const error = errorOf(() => decodeEvents(damage(encodeEvents(events))));
  expect(error.code).toBe("format");
  expect(error.message).toMatch(message);
});

test("a tensor that stands for too many numbers is refused before it is made", () => {
  const number = (field: number, value: number): number[] => [field * 8, ...varint(value)];
  const bytes = (field: number, content: readonly number[]): number[] => [
    field * 8 + 2,
    ...varint(content.length),
    ...content,
  ];
  const tensor = [...number(1, 1), ...bytes(2, bytes(2, number(1, 2 ** 30))), ...bytes(5, [0, 0, 0, 0])];
  const summary = bytes(1, [...bytes(1, [120]), ...bytes(8, tensor)]);
  const error = errorOf(() => decodeEvents(encodeRecord(Uint8Array.from(bytes(5, summary)))));
  expect(error.code).toBe("format");
});

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

test("hostile names of hyperparameters stay names", () => {
  const hyperparameters = JSON.parse('{"__proto__":1,"constructor":"x"}') as Record<string, string | number>;
  const value: SummaryValue = { kind: "sessionStart", hyperparameters, groupName: "", startTime: 0 };
  const bytes = encodeEvents([{ wallTime: 0, step: 0, content: { kind: "summary", values: [value] } }]);
  expect(decodeEvents(bytes).events[0]?.content).toEqual({ kind: "summary", values: [value] });
  expect(Reflect.get({}, "polluted")).toBe(undefined);
});

test("300 damaged files are read or refused", async () => {
  const seeds = Object.fromEntries(Object.entries(golden.files).map(([name, file]) => [name, bytesOf(file)]));
  await surviveMutations({ seeds: { ...seeds, own: encodeEvents(events) }, count: 150, read: decodeEvents });
  // Damage within whole records, which no checksum hides.
  const records = Object.fromEntries(
    events.map((event, index) => {
      const bytes = encodeEvents([event]);
      return [`event ${index}`, bytes.slice(12, -4)];
    }),
  );
  await surviveMutations({ seeds: records, count: 150, wrap: encodeRecord, read: decodeEvents });
});
