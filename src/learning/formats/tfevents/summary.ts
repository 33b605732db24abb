// Summary values as TensorBoard 2 has them: a tensor, and a plugin's name that says what it means. The older forms
// (simple_value, HistogramProto, Image) are read too.

import type { PrCurveSummary, SummaryValue } from "./event.ts";
import { damaged, eachField, message, writeBytes, writeInteger, writeText } from "./fields.ts";
import { hparamsMessage, hparamsTags, readHparams } from "./hparams.ts";
import { numbersTensor, readTensor, stringsTensor, type TensorBudget, type TensorValue } from "./tensor-proto.ts";

/** Numbers of TensorBoard's DataClass. */
const classes = { scalar: 1, tensor: 2, blobs: 3 } as const;
const plugins = {
  scalar: "scalars",
  histogram: "histograms",
  images: "images",
  text: "text",
  prCurve: "pr_curves",
  hparams: "hparams",
} as const;
const curveRows = [
  "truePositives",
  "falsePositives",
  "trueNegatives",
  "falseNegatives",
  "precision",
  "recall",
] as const satisfies readonly (keyof PrCurveSummary)[];

/** How a summary is stored. */
interface Stored {
  readonly tag: string;
  readonly plugin: string;
  readonly dataClass: number;
  readonly description?: string | undefined;
  /** The plugin's own. */
  readonly content?: Uint8Array;
  readonly tensor: Uint8Array;
}

/** A Summary.Value. @source TensorFlow, core/framework/summary.proto */
export function valueMessage(summary: SummaryValue): Uint8Array {
  const { tag, plugin, dataClass, description, content, tensor } = storedOf(summary);
  const pluginData = message((writer) => {
    writeText(writer, 1, plugin);
    if (content !== undefined) writeBytes(writer, 2, content);
  });
  const metadata = message((writer) => {
    writeBytes(writer, 1, pluginData);
    writeText(writer, 3, description);
    writeInteger(writer, 4, dataClass);
  });
  return message((writer) => {
    writeText(writer, 1, tag);
    writeBytes(writer, 8, tensor);
    writeBytes(writer, 9, metadata);
  });
}

function storedOf(summary: SummaryValue): Stored {
  switch (summary.kind) {
    case "scalar": {
      const tensor = numbersTensor("f32", [], [summary.value]);
      return { ...summary, plugin: plugins.scalar, dataClass: classes.scalar, tensor };
    }
    case "histogram": {
      const { buckets } = summary;
      const tensor = numbersTensor("f64", [buckets.length / 3, 3], buckets);
      return { ...summary, plugin: plugins.histogram, dataClass: classes.tensor, tensor };
    }
    case "images": {
      const { width, height, pngs } = summary;
      const tensor = stringsTensor([utf8(String(width)), utf8(String(height)), ...pngs]);
      return { ...summary, plugin: plugins.images, dataClass: classes.blobs, tensor };
    }
    case "text": {
      const tensor = stringsTensor(summary.texts.map(utf8));
      return { ...summary, plugin: plugins.text, dataClass: classes.tensor, tensor };
    }
    case "prCurve":
      return storedCurve(summary);
    case "other": {
      const { numbers, shape, plugin } = summary;
      return { ...summary, plugin, dataClass: classes.tensor, tensor: numbersTensor("f64", shape, numbers) };
    }
    case "experiment":
    case "sessionStart":
    case "sessionEnd": {
      const shared = { plugin: plugins.hparams, dataClass: classes.tensor, tensor: numbersTensor("f32", [0], []) };
      return { ...shared, tag: hparamsTags[summary.kind], content: hparamsMessage(summary) };
    }
    default:
      return summary satisfies never;
  }
}

function storedCurve(summary: PrCurveSummary): Stored {
  const numThresholds = summary.precision.length;
  const rows = new Float32Array(curveRows.length * numThresholds);
  curveRows.forEach((name, row) => rows.set(summary[name], row * numThresholds));
  const content = message((writer) => writeInteger(writer, 2, numThresholds));
  const tensor = numbersTensor("f32", [curveRows.length, numThresholds], rows);
  return { ...summary, plugin: plugins.prCurve, dataClass: classes.tensor, content, tensor };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What plugin a tag belongs to, and what else its first value said; later ones leave it out. */
export interface TagMetadata {
  readonly plugin: string;
  readonly description: string;
  readonly content: Uint8Array;
}

/** What reading a file keeps: the metadata of its tags, what its tensors may still take. */
export interface SummaryReader {
  readonly tags: Map<string, TagMetadata>;
  readonly budget: TensorBudget;
}

/** @throws format */
export function readSummary(bytes: Uint8Array, where: string, reader: SummaryReader): SummaryValue[] {
  const values: SummaryValue[] = [];
  eachField(bytes, where, (field) => {
    if (field.number === 1) values.push(readValue(field.bytes(), where, reader));
  });
  return values;
}

interface RawValue {
  tag: string;
  metadata?: TagMetadata;
  tensor?: Uint8Array;
  scalar?: number;
  histogram?: Uint8Array;
  image?: Uint8Array;
}

function readValue(bytes: Uint8Array, where: string, reader: SummaryReader): SummaryValue {
  const raw: RawValue = { tag: "" };
  eachField(bytes, where, (field) => {
    if (field.number === 1) raw.tag = field.text();
    else if (field.number === 2) raw.scalar = field.decimal();
    else if (field.number === 4) raw.image = field.bytes();
    else if (field.number === 5) raw.histogram = field.bytes();
    else if (field.number === 8) raw.tensor = field.bytes();
    else if (field.number === 9) raw.metadata = readMetadata(field.bytes(), where);
  });
  const { tag } = raw;
  if (raw.metadata !== undefined && !reader.tags.has(tag)) reader.tags.set(tag, raw.metadata);
  const metadata = raw.metadata ?? reader.tags.get(tag);
  const named = { tag, ...(metadata?.description ? { description: metadata.description } : {}) };
  const at = `${where}, tag ${JSON.stringify(tag.slice(0, 60))}`;
  if (raw.scalar !== undefined) return { ...named, kind: "scalar", value: raw.scalar };
  if (raw.histogram !== undefined) return { ...named, kind: "histogram", buckets: oldBuckets(raw.histogram, at) };
  if (raw.image !== undefined) return { ...named, ...oldImage(raw.image, at) };
  const hparams = metadata?.plugin === plugins.hparams ? readHparams(metadata.content, at) : undefined;
  if (hparams !== undefined) return hparams;
  const tensor = readTensor(raw.tensor ?? new Uint8Array(0), at, reader.budget);
  return { ...named, ...meaningOf(tensor, metadata?.plugin ?? "", at) };
}

function readMetadata(bytes: Uint8Array, where: string): TagMetadata {
  let [plugin, description] = ["", ""];
  let content: Uint8Array = new Uint8Array(0);
  eachField(bytes, where, (field) => {
    if (field.number === 3) description = field.text();
    else if (field.number === 1) {
      eachField(field.bytes(), where, (inner) => {
        if (inner.number === 1) plugin = inner.text();
        else if (inner.number === 2) content = inner.bytes();
      });
    }
  });
  return { plugin, description, content };
}

type Untagged<Value> = Value extends { readonly tag: string } ? Omit<Value, "tag" | "description"> : never;

function meaningOf(tensor: TensorValue, plugin: string, where: string): Untagged<SummaryValue> {
  const { shape, numbers, strings } = tensor;
  switch (plugin) {
    case plugins.scalar: {
      const [value] = numbers;
      if (value === undefined) throw damaged(where, "a scalar without a number");
      return { kind: "scalar", value };
    }
    case plugins.histogram:
      if (numbers.length % 3 !== 0) throw damaged(where, `a histogram of [${shape.join(", ")}]`);
      return { kind: "histogram", buckets: numbers };
    case plugins.images: {
      const [width, height, ...pngs] = strings;
      return { kind: "images", width: extentOf(width, where), height: extentOf(height, where), pngs };
    }
    case plugins.text:
      return { kind: "text", texts: strings.map((bytes) => new TextDecoder().decode(bytes)) };
    case plugins.prCurve:
      return curveOf(tensor, where);
    default:
      return { kind: "other", plugin, shape, numbers };
  }
}

function extentOf(bytes: Uint8Array | undefined, where: string): number {
  const text = new TextDecoder().decode(bytes ?? new Uint8Array(0));
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw damaged(where, "pictures without width and height");
}

function curveOf({ shape, numbers }: TensorValue, where: string): Untagged<PrCurveSummary> {
  const [rows, numThresholds = 0] = shape;
  if (rows !== curveRows.length || shape.length !== 2 || numbers.length !== rows * numThresholds) {
    throw damaged(where, `a precision-recall curve of [${shape.join(", ")}]`);
  }
  const row = (index: number): Float32Array =>
    Float32Array.from(numbers.subarray(index * numThresholds, (index + 1) * numThresholds));
  return {
    kind: "prCurve",
    truePositives: row(0),
    falsePositives: row(1),
    trueNegatives: row(2),
    falseNegatives: row(3),
    precision: row(4),
    recall: row(5),
  };
}

/** A HistogramProto as buckets; the first begins at the least value, the last ends at the greatest. */
function oldBuckets(bytes: Uint8Array, where: string): Float64Array {
  let [min, max] = [0, 0];
  let limits: readonly number[] = [];
  let counts: readonly number[] = [];
  eachField(bytes, where, (field) => {
    if (field.number === 1) min = field.decimal();
    else if (field.number === 2) max = field.decimal();
    else if (field.number === 6) limits = field.doubles();
    else if (field.number === 7) counts = field.doubles();
  });
  if (limits.length !== counts.length) throw damaged(where, `${limits.length} limits of ${counts.length} buckets`);
  const buckets = new Float64Array(counts.length * 3);
  counts.forEach((count, index) => {
    const [left, right] = [Math.max(min, limits[index - 1] ?? min), Math.min(max, limits[index] ?? max)];
    buckets.set([left, right, count], index * 3);
  });
  return buckets;
}

function oldImage(bytes: Uint8Array, where: string): Untagged<Extract<SummaryValue, { kind: "images" }>> {
  let [width, height] = [0, 0];
  const pngs: Uint8Array[] = [];
  eachField(bytes, where, (field) => {
    if (field.number === 1) height = field.integer();
    else if (field.number === 2) width = field.integer();
    else if (field.number === 4) pngs.push(field.bytes());
  });
  return { kind: "images", width, height, pngs };
}
