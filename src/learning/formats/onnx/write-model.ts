// What an ONNX file that sinter writes is made of, and its bytes. Knows no graph of sinter's.

import type { DType } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { encodeEntry, Message } from "./write-protobuf.ts";

/** Element types that written files have: sinter's own, and those of shapes and shifts. */
export type OnnxDType = DType | "i64" | "u32";

export interface OnnxTensor {
  readonly name: string;
  readonly dtype: OnnxDType;
  readonly shape: readonly number[];
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array;
}

export type OnnxAttribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "graph"; readonly value: OnnxGraph };

export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** Empty where an optional input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: OnnxAttributes;
}

/** A value that a graph takes or gives; a named extent differs from call to call. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly dtype: OnnxDType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
}

export interface OnnxModel {
  readonly graph: OnnxGraph;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Operators are those of this version: the first with LayerNormalization, axes as inputs and bitwise operators. */
const opsetVersion = 18;
/** The file format that came with it. */
const irVersion = 8;
/** No protobuf reader takes a longer message. */
const maxBytes = 2 ** 31 - 1;

const dataTypes: Readonly<Record<OnnxDType, number>> = {
  f32: 1,
  u8: 2,
  i32: 6,
  i64: 7,
  bool: 9,
  f16: 10,
  u32: 12,
  bf16: 16,
};

/** ONNX's number of an element type. */
export function dataTypeOf(dtype: OnnxDType): number {
  return dataTypes[dtype];
}

/** The file's bytes. @throws limit for a model of 2 GiB or more */
export function encodeOnnxModel({ graph, metadata }: OnnxModel): Uint8Array {
  const message = new Message()
    .integer(1, irVersion)
    .text(2, "sinter")
    .message(7, encodeGraph(graph))
    .message(8, new Message().text(1, "").integer(2, opsetVersion))
    .messages(
      14,
      Object.entries(metadata).map(([key, value]) => encodeEntry(key, value)),
    );
  if (message.length <= maxBytes) return message.toBytes();
  throw new SinterError(
    "limit",
    `ONNX: the model has ${message.length} bytes, but a file may have at most ${maxBytes}. Export parts of it as models of their own.`,
    { bytes: message.length, most: maxBytes },
  );
}

function encodeGraph(graph: OnnxGraph): Message {
  return new Message()
    .messages(1, graph.nodes.map(encodeNode))
    .text(2, graph.name)
    .messages(5, graph.initializers.map(encodeTensor))
    .messages(11, graph.inputs.map(encodeValueInfo))
    .messages(12, graph.outputs.map(encodeValueInfo));
}

function encodeNode({ name, operator, inputs, outputs, attributes }: OnnxNode): Message {
  const message = new Message();
  for (const input of inputs) message.text(1, input);
  for (const output of outputs) message.text(2, output);
  return message
    .text(3, name)
    .text(4, operator)
    .messages(
      5,
      Object.entries(attributes).map(([key, value]) => encodeAttribute(key, value)),
    );
}

function encodeAttribute(name: string, attribute: OnnxAttribute): Message {
  const message = new Message().text(1, name);
  switch (attribute.kind) {
    case "float":
      return message.float(2, attribute.value).integer(20, 1);
    case "int":
      return message.integer(3, attribute.value).integer(20, 2);
    case "string":
      return message.text(4, attribute.value).integer(20, 3);
    case "graph":
      return message.message(6, encodeGraph(attribute.value)).integer(20, 5);
    case "ints":
      // Not packed: the format is older than packing by default, and some readers know no other.
      for (const value of attribute.value) message.integer(8, value);
      return message.integer(20, 7);
    default:
      return attribute satisfies never;
  }
}

function encodeTensor({ name, dtype, shape, bytes }: OnnxTensor): Message {
  const message = new Message();
  for (const extent of shape) message.integer(1, extent);
  return message.integer(2, dataTypeOf(dtype)).text(8, name).bytes(9, bytes);
}

function encodeValueInfo({ name, dtype, shape }: OnnxValueInfo): Message {
  const extents = shape.map((extent) =>
    typeof extent === "number" ? new Message().integer(1, extent) : new Message().text(2, extent),
  );
  const tensor = new Message().integer(1, dataTypeOf(dtype)).message(2, new Message().messages(1, extents));
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}
