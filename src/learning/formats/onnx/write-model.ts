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

/** A model as files: its own, and that of its large tensors where they have one. */
export interface OnnxFiles {
  readonly model: Uint8Array;
  /** The other file in parts, in order. */
  readonly data: readonly Uint8Array[] | undefined;
}

/** Tensors of at least so many bytes lie in the other file, each at a page's begin, where it can be mapped into memory. */
const pageBytes = 4096;

/**
 * A model's files.
 * @param location name of the other file, beside the model
 * @param isExternal whether there is one; undefined for where the model alone would be 2 GiB or more
 * @throws limit for a file of 2 GiB or more
 * @source onnx.proto3 of ONNX 1.17, TensorProto.external_data
 */
export function encodeOnnxFiles(model: OnnxModel, location: string, isExternal: boolean | undefined): OnnxFiles {
  if (isExternal === undefined) {
    const whole = encodeModel(model, undefined);
    if (whole.length <= maxBytes) return { model: whole.toBytes(), data: undefined };
  }
  if (isExternal === false) return { model: encodeOnnxModel(model), data: undefined };
  const file = new DataFile(location);
  return { model: checkedBytes(encodeModel(model, file)), data: file.parts };
}

/** The file's bytes. @throws limit for a model of 2 GiB or more */
export function encodeOnnxModel(model: OnnxModel): Uint8Array {
  return checkedBytes(encodeModel(model, undefined));
}

/** The file of large tensors, as it grows. */
class DataFile {
  readonly parts: Uint8Array[] = [];
  readonly #location: string;
  #length = 0;

  constructor(location: string) {
    this.#location = location;
  }

  /** Adds a tensor and says where it is: TensorProto's external_data. */
  add(bytes: Uint8Array): readonly Message[] {
    const padding = (pageBytes - (this.#length % pageBytes)) % pageBytes;
    const offset = this.#length + padding;
    if (padding > 0) this.parts.push(new Uint8Array(padding));
    this.parts.push(bytes);
    this.#length = offset + bytes.length;
    return [
      encodeEntry("location", this.#location),
      encodeEntry("offset", String(offset)),
      encodeEntry("length", String(bytes.length)),
    ];
  }
}

function encodeModel({ graph, metadata }: OnnxModel, file: DataFile | undefined): Message {
  return new Message()
    .integer(1, irVersion)
    .text(2, "sinter")
    .message(7, encodeGraph(graph, file))
    .message(8, new Message().text(1, "").integer(2, opsetVersion))
    .messages(
      14,
      Object.entries(metadata).map(([key, value]) => encodeEntry(key, value)),
    );
}

function checkedBytes(message: Message): Uint8Array {
  if (message.length <= maxBytes) return message.toBytes();
  throw new SinterError(
    "limit",
    `ONNX: the model has ${message.length} bytes, but a file may have at most ${maxBytes}. Export it with { externalData: true }.`,
    { bytes: message.length, most: maxBytes },
  );
}

/** @param file takes large tensors; those of graphs in nodes stay where they are */
function encodeGraph(graph: OnnxGraph, file?: DataFile): Message {
  return new Message()
    .messages(1, graph.nodes.map(encodeNode))
    .text(2, graph.name)
    .messages(
      5,
      graph.initializers.map((tensor) => encodeTensor(tensor, file)),
    )
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

function encodeTensor({ name, dtype, shape, bytes }: OnnxTensor, file: DataFile | undefined): Message {
  const message = new Message();
  for (const extent of shape) message.integer(1, extent);
  message.integer(2, dataTypeOf(dtype)).text(8, name);
  if (file === undefined || bytes.length < pageBytes) return message.bytes(9, bytes);
  return message.messages(13, file.add(bytes)).integer(14, 1);
}

function encodeValueInfo({ name, dtype, shape }: OnnxValueInfo): Message {
  const extents = shape.map((extent) =>
    typeof extent === "number" ? new Message().integer(1, extent) : new Message().text(2, extent),
  );
  const tensor = new Message().integer(1, dataTypeOf(dtype)).message(2, new Message().messages(1, extents));
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}
