// TensorFlow's GraphDef, as far as TensorBoard draws it: nodes, their inputs, shapes and attributes.

import { WireType } from "@bufbuild/protobuf/wire";
import type { GraphNode } from "./event.ts";
import { eachField, message, writeBytes, writeInteger, writeText } from "./fields.ts";
import { readShape, shapeMessage } from "./tensor-proto.ts";

const shapesName = "_output_shapes";
/** GraphDef versions that TensorFlow 2 writes and reads. */
const producer = 1982;

/** @source TensorFlow, core/framework/graph.proto and node_def.proto */
export function graphMessage(nodes: readonly GraphNode[]): Uint8Array {
  return message((writer) => {
    for (const node of nodes) writeBytes(writer, 1, nodeMessage(node));
    const versions = message((inner) => {
      writeInteger(inner, 1, producer);
    });
    writeBytes(writer, 4, versions);
  });
}

function nodeMessage({ name, op, inputs, outputShapes, attributes = {} }: GraphNode): Uint8Array {
  return message((writer) => {
    writeText(writer, 1, name);
    writeText(writer, 2, op);
    for (const input of inputs) writeText(writer, 3, input);
    const entries = Object.entries(attributes).map(([key, value]) => [key, attributeMessage(value)] as const);
    const shapes = outputShapes === undefined ? [] : [[shapesName, shapesMessage(outputShapes)] as const];
    for (const [key, value] of [...shapes, ...entries]) {
      const entry = message((inner) => {
        writeText(inner, 1, key);
        writeBytes(inner, 2, value);
      });
      writeBytes(writer, 5, entry);
    }
  });
}

/** An AttrValue. */
function attributeMessage(value: string | number | boolean): Uint8Array {
  return message((writer) => {
    if (typeof value === "string") writer.tag(2, WireType.LengthDelimited).string(value);
    else if (typeof value === "boolean") writer.tag(5, WireType.Varint).bool(value);
    else if (Number.isSafeInteger(value)) writer.tag(3, WireType.Varint).int64(value);
    else writer.tag(4, WireType.Bit32).float(value);
  });
}

function shapesMessage(shapes: readonly (readonly number[])[]): Uint8Array {
  const list = message((writer) => {
    for (const shape of shapes) writeBytes(writer, 7, shapeMessage(shape));
  });
  return message((writer) => writeBytes(writer, 1, list));
}

/** @throws format */
export function readGraph(bytes: Uint8Array, where: string): GraphNode[] {
  const nodes: GraphNode[] = [];
  eachField(bytes, where, (field) => {
    if (field.number === 1) nodes.push(readNode(field.bytes(), where));
  });
  return nodes;
}

function readNode(bytes: Uint8Array, where: string): GraphNode {
  let [name, op] = ["", ""];
  const inputs: string[] = [];
  const entries: [string, string | number | boolean][] = [];
  let outputShapes: number[][] | undefined;
  eachField(bytes, where, (field) => {
    if (field.number === 1) name = field.text();
    else if (field.number === 2) op = field.text();
    else if (field.number === 3) inputs.push(field.text());
    else if (field.number === 5) {
      const { key, value, shapes } = readEntry(field.bytes(), where);
      if (key === shapesName) outputShapes = shapes;
      else if (value !== undefined) entries.push([key, value]);
    }
  });
  const shapes = outputShapes === undefined ? {} : { outputShapes };
  return { name, op, inputs, ...shapes, ...(entries.length === 0 ? {} : { attributes: Object.fromEntries(entries) }) };
}

interface Entry {
  readonly key: string;
  /** Undefined for a list, a type, a tensor or a function. */
  readonly value: string | number | boolean | undefined;
  readonly shapes: number[][];
}

function readEntry(bytes: Uint8Array, where: string): Entry {
  let key = "";
  let value: Entry["value"];
  const shapes: number[][] = [];
  eachField(bytes, where, (field) => {
    if (field.number === 1) key = field.text();
    else if (field.number === 2) {
      eachField(field.bytes(), where, (inner) => {
        if (inner.number === 1) readShapes(inner.bytes(), where, shapes);
        else if (inner.number === 2) value = inner.text();
        else if (inner.number === 3) value = inner.integer();
        else if (inner.number === 4) value = inner.decimal();
        else if (inner.number === 5) value = inner.integer() !== 0;
      });
    }
  });
  return { key, value, shapes };
}

/** Of an AttrValue's list those that are shapes. */
function readShapes(list: Uint8Array, where: string, shapes: number[][]): void {
  eachField(list, where, (field) => {
    if (field.number === 7) shapes.push(readShape(field.bytes(), where));
  });
}
