// What is in files that hold no tensors by name: graphs, tables, events of trainings. Facts only; nothing is computed.

import { platform } from "#engine/platform/api.ts";
import { numMissing } from "#learning/data/table/columns.ts";
import { readTable } from "#learning/data/table.ts";
import { type GraphEnd, loadOnnx } from "#learning/formats/onnx/load.ts";
import type { FileFormat } from "#learning/formats/recognize.ts";
import { readEvents } from "#learning/formats/tfevents.ts";

/** A graph of operators: inputs, outputs, and how often each operator comes. */
export interface GraphFacts {
  readonly kind: "graph";
  readonly inputs: readonly GraphEnd[];
  readonly outputs: readonly GraphEnd[];
  readonly operators: Readonly<Record<string, number>>;
  readonly numNodes: number;
  readonly numInitializers: number;
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
export async function otherFacts(file: string, format: FileFormat): Promise<OtherFacts | undefined> {
  if (format === "onnx") return graphFacts(file);
  if (format === "csv" || format === "parquet" || format === "arrow") return tableFacts(file);
  return format === "tfevents" ? eventFacts(file) : undefined;
}

async function graphFacts(file: string): Promise<GraphFacts> {
  const { inputs, outputs, metadata, model } = await loadOnnx(file);
  const counts = new Map<string, number>();
  for (const { operator } of model.graph.nodes) counts.set(operator, (counts.get(operator) ?? 0) + 1);
  const weights = [...model.graph.initializers.values()];
  return {
    kind: "graph",
    inputs,
    outputs,
    operators: Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a)),
    numNodes: model.graph.nodes.length,
    numInitializers: weights.length,
    numWeights: weights.reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0),
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
