// What is in files that hold no tensors by name: graphs, tables, events of trainings. Facts only; nothing is computed.

import { type Shape, sizeOf } from "#engine/base/shape.ts";
import { platform } from "#engine/platform/api.ts";
import { looksLikeArchive } from "#learning/formats/archive-directory.ts";
import { numMissing } from "#learning/data/table/columns.ts";
import { readTable } from "#learning/data/table.ts";
import type { GraphDescription } from "#learning/formats/onnx/describe.ts";
import { typeFacts } from "#learning/formats/onnx/element-types.ts";
import { type GraphEnd, graphRunner, type GraphRunner } from "#learning/formats/onnx/load.ts";
import { readOnnxStructure } from "#learning/formats/onnx/read-file.ts";
import type { FileFormat } from "#learning/formats/recognize.ts";
import { readEvents } from "#learning/formats/tfevents.ts";
import { parseJson } from "#learning/formats/tfjs/json.ts";
import { kindOfTfjs } from "#learning/formats/tfjs/layers-model.ts";

/** A constant of a graph. */
export interface InitializerFacts {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** As the file has them; of texts 0. */
  readonly bytes: number;
}

/** A graph of operators: inputs, outputs, each node, and how often each operator comes. */
export interface GraphFacts extends GraphDescription {
  readonly kind: "graph";
  readonly inputs: readonly GraphEnd[];
  readonly outputs: readonly GraphEnd[];
  readonly operators: Readonly<Record<string, number>>;
  readonly numNodes: number;
  readonly numInitializers: number;
  readonly initializers: readonly InitializerFacts[];
  /** Elements of all initializers. */
  readonly numWeights: number;
  readonly opset: number | undefined;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A table's columns. */
export interface TableFacts {
  readonly kind: "table";
  readonly numRows: number;
  readonly columns: readonly { readonly name: string; readonly dtype: string; readonly numMissing: number }[];
}

/** The events that a training wrote for TensorBoard. */
export interface EventFacts {
  readonly kind: "events";
  readonly numEvents: number;
  readonly tags: readonly {
    readonly tag: string;
    readonly kind: string;
    readonly count: number;
    readonly lastStep: number;
  }[];
}

export type OtherFacts = GraphFacts | TableFacts | EventFacts;

/** Tags that are listed at most. */
const maxTags = 10_000;

/** The facts of a file by its format; undefined for formats that have tensors. */
export async function otherFacts(
  file: string,
  format: FileFormat,
  inputShape: Shape | undefined,
): Promise<OtherFacts | undefined> {
  if (format === "onnx") return graphFacts(graphRunner(await readOnnxStructure(file)), inputShape);
  if (format === "csv" || format === "parquet" || format === "arrow") return tableFacts(file);
  return format === "tfevents" ? eventFacts(file) : undefined;
}

/** Whether a model.json is that of a graph-model; an archive is none. @throws file, format */
export async function isTfjsGraph(file: string): Promise<boolean> {
  const bytes = await platform().files.read(file);
  return !looksLikeArchive(bytes) && kindOfTfjs(parseJson(bytes, "model.json")) === "graph";
}

/** The facts of a graph that is read. @throws option where `inputShape` is of another rank than the first input's samples */
export function graphFacts(runner: GraphRunner, inputShape: Shape | undefined): GraphFacts {
  const { inputs, outputs, metadata, model } = runner;
  const counts = new Map<string, number>();
  for (const { operator } of model.graph.nodes) counts.set(operator, (counts.get(operator) ?? 0) + 1);
  const initializers = Array.from(model.graph.initializers, ([name, { type, shape }]) => ({
    name,
    dtype: type,
    shape,
    bytes: sizeOf(shape) * typeFacts(type).bytes,
  }));
  return {
    ...runner.describe(inputShape),
    kind: "graph",
    inputs,
    outputs,
    operators: Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a)),
    numNodes: model.graph.nodes.length,
    numInitializers: initializers.length,
    initializers,
    numWeights: initializers.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    opset: model.opsets.get(""),
    producer: [model.producer, model.producerVersion].filter((text) => text !== "").join(" "),
    metadata,
  };
}

async function tableFacts(file: string): Promise<TableFacts> {
  const { numRows, columns } = await readTable(file);
  return {
    kind: "table",
    numRows,
    columns: columns.map((column) => ({ name: column.name, dtype: column.kind, numMissing: numMissing(column) })),
  };
}

async function eventFacts(file: string): Promise<EventFacts> {
  const tags = new Map<string, { tag: string; kind: string; count: number; lastStep: number }>();
  let numEvents = 0;
  for (const { step, content } of readEvents(await platform().files.read(file))) {
    numEvents += 1;
    if (content.kind !== "summary") continue;
    for (const value of content.values) {
      const { kind } = value;
      // What is said of a whole training has no tag.
      const tag = "tag" in value ? value.tag : kind;
      const known = tags.get(tag);
      if (known !== undefined) {
        known.count += 1;
        known.lastStep = step;
      } else if (tags.size < maxTags) tags.set(tag, { tag, kind, count: 1, lastStep: step });
    }
  }
  return { kind: "events", numEvents, tags: [...tags.values()] };
}
