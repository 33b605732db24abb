// An ONNX file as a graph: every message that matters is read once, bounded in depth and number; nothing is executed and
// nothing but constants keeps the file's bytes alive.

import { SinterError } from "#engine/base/error.ts";
import { decodePair, decodeTensor, type ExternalBytes, type NamedTensor } from "./decode-tensor.ts";
import { elementTypeOf } from "./element-types.ts";
import type {
  Attribute,
  Graph,
  GraphFunction,
  GraphModel,
  GraphNode,
  GraphTensor,
  ValueInfo,
  ValueType,
} from "./graph.ts";
import { damaged, WireReader, type Field } from "./wire.ts";

/** Graphs in attributes of nodes of graphs, and so on. */
const maxDepth = 16;
/** Nodes, constants, attributes and declarations of one file. */
const maxItems = 1_000_000;

/** What all parts of a file share while it is read. */
interface Context {
  readonly external: ExternalBytes;
  numItems: number;
}

/**
 * The graph in the bytes of an .onnx file.
 * @param external gives the bytes of constants that lie in other files; refused where left out
 * @throws format where the bytes are damaged, no ONNX, or larger than any model is
 * @source onnx.proto3 of ONNX 1.17
 */
export function decodeOnnx(bytes: Uint8Array, external: ExternalBytes = refuseExternal): GraphModel {
  const context: Context = { external, numItems: 0 };
  const header = { irVersion: 0, producer: "", producerVersion: "", domain: "", modelVersion: 0, documentation: "" };
  const opsets = new Map<string, number>();
  const functions = new Map<string, GraphFunction>();
  const metadata = new Map<string, string>();
  let graph: Graph | undefined;
  const reader = new WireReader(bytes);
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    count(context);
    if (field.number === 7) graph = decodeGraph(reader.message(field), context, 0);
    else if (field.number === 8) decodeOpset(reader.message(field), opsets);
    else if (field.number === 14) metadata.set(...decodePair(reader.message(field)));
    else if (field.number === 25) {
      const one = decodeFunction(reader.message(field), context);
      functions.set(`${one.domain}:${one.name}`, one);
    } else readHeader(reader, field, header);
  }
  if (graph === undefined) throw damaged("the file holds no graph");
  return { graph, opsets, functions, metadata, source: { bytes, external }, ...header };
}

interface Header {
  irVersion: number;
  producer: string;
  producerVersion: string;
  domain: string;
  modelVersion: number;
  documentation: string;
}

function readHeader(reader: WireReader, field: Field, header: Header): void {
  if (field.number === 1) header.irVersion = reader.integer(field);
  else if (field.number === 2) header.producer = reader.text(field);
  else if (field.number === 3) header.producerVersion = reader.text(field);
  else if (field.number === 4) header.domain = reader.text(field);
  else if (field.number === 5) header.modelVersion = reader.integer(field);
  else if (field.number === 6) header.documentation = reader.text(field);
  else reader.skip(field);
}

/** A tensor by itself, as ONNX's tests and some tools store one. @throws format */
export function decodeTensorProto(bytes: Uint8Array): NamedTensor {
  return decodeTensor(new WireReader(bytes), refuseExternal);
}

function refuseExternal(): never {
  throw new SinterError(
    "format",
    "onnx: weights lie in another file. Give loadOnnx the path of the model, not its bytes, so that it finds them.",
  );
}

function count(context: Context): void {
  context.numItems += 1;
  if (context.numItems > maxItems) throw damaged(`it has more than ${maxItems} parts`);
}

function decodeOpset(reader: WireReader, opsets: Map<string, number>): void {
  let [domain, version] = ["", 1];
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    if (field.number === 1) domain = reader.text(field);
    else if (field.number === 2) version = reader.integer(field);
    else reader.skip(field);
  }
  opsets.set(domain === "ai.onnx" ? "" : domain, version);
}

function decodeGraph(reader: WireReader, context: Context, depth: number): Graph {
  if (depth > maxDepth) throw damaged(`graphs lie ${maxDepth} deep in graphs`);
  const nodes: GraphNode[] = [];
  const initializers = new Map<string, GraphTensor>();
  const [inputs, outputs, valueInfos]: [ValueInfo[], ValueInfo[], ValueInfo[]] = [[], [], []];
  let name = "";
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    count(context);
    if (field.number === 1) nodes.push(decodeNode(reader.message(field), context, depth));
    else if (field.number === 2) name = reader.text(field);
    else if (field.number === 5) {
      const named = decodeTensor(reader.message(field), context.external);
      initializers.set(named.name, named.tensor);
    } else if (field.number === 11) inputs.push(decodeValueInfo(reader.message(field)));
    else if (field.number === 12) outputs.push(decodeValueInfo(reader.message(field)));
    else if (field.number === 13) valueInfos.push(decodeValueInfo(reader.message(field)));
    else if (field.number === 15) throw unread(`graph "${name}" has sparse constants`);
    else reader.skip(field);
  }
  return { name, nodes, initializers, inputs, outputs, valueInfos };
}

function decodeNode(reader: WireReader, context: Context, depth: number): GraphNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  let [name, operator, domain] = ["", "", ""];
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    count(context);
    if (field.number === 1) inputs.push(reader.text(field));
    else if (field.number === 2) outputs.push(reader.text(field));
    else if (field.number === 3) name = reader.text(field);
    else if (field.number === 4) operator = reader.text(field);
    else if (field.number === 7) domain = reader.text(field);
    else if (field.number === 5) {
      const [key, attribute] = decodeAttribute(reader.message(field), context, depth);
      if (attribute !== undefined) attributes.set(key, attribute);
    } else reader.skip(field);
  }
  return { name, operator, domain: domain === "ai.onnx" ? "" : domain, inputs, outputs, attributes };
}

/** What the fields of an attribute hold; its type says which of them counts. */
interface AttributeParts {
  name: string;
  type: number;
  reference: string;
  readonly numbers: { float: number; integer: number };
  readonly floats: number[];
  readonly integers: number[];
  text: string;
  readonly texts: string[];
  tensor: GraphTensor | undefined;
  graph: Graph | undefined;
  valueType: ValueType | undefined;
}

function decodeAttribute(
  reader: WireReader,
  context: Context,
  depth: number,
): readonly [name: string, attribute: Attribute | undefined] {
  const parts: AttributeParts = {
    name: "",
    type: 0,
    reference: "",
    numbers: { float: 0, integer: 0 },
    floats: [],
    integers: [],
    text: "",
    texts: [],
    tensor: undefined,
    graph: undefined,
    valueType: undefined,
  };
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    readAttributePart(reader, field, parts);
    if (field.number === 5) parts.tensor = decodeTensor(reader.message(field), context.external).tensor;
    else if (field.number === 6) parts.graph = decodeGraph(reader.message(field), context, depth + 1);
  }
  return [parts.name, attributeOf(parts)];
}

function readAttributePart(reader: WireReader, field: Field, parts: AttributeParts): void {
  if (field.number === 1) parts.name = reader.text(field);
  else if (field.number === 2) parts.numbers.float = reader.float(field);
  else if (field.number === 3) parts.numbers.integer = reader.integer(field);
  else if (field.number === 4) parts.text = reader.text(field);
  else if (field.number === 7) reader.floats(field, parts.floats);
  else if (field.number === 8) reader.integers(field, parts.integers);
  else if (field.number === 9) parts.texts.push(reader.text(field));
  else if (field.number === 14) parts.valueType = decodeType(reader.message(field), 0);
  else if (field.number === 20) parts.type = reader.integer(field);
  else if (field.number === 21) parts.reference = reader.text(field);
  else if (field.number !== 5 && field.number !== 6) reader.skip(field);
}

/** The value that the attribute's type (of AttributeProto.AttributeType) names. */
function attributeOf(parts: AttributeParts): Attribute | undefined {
  if (parts.reference !== "") return { kind: "reference", value: parts.reference };
  switch (parts.type) {
    case 1:
      return { kind: "number", value: parts.numbers.float };
    case 2:
      return { kind: "number", value: parts.numbers.integer };
    case 3:
      return { kind: "text", value: parts.text };
    case 4:
      return parts.tensor === undefined ? undefined : { kind: "tensor", value: parts.tensor };
    case 5:
      return parts.graph === undefined ? undefined : { kind: "graph", value: parts.graph };
    case 6:
      return { kind: "numbers", value: parts.floats };
    case 7:
      return { kind: "numbers", value: parts.integers };
    case 8:
      return { kind: "texts", value: parts.texts };
    case 13:
      return parts.valueType === undefined ? undefined : { kind: "type", value: parts.valueType };
    default:
      throw unread(`attribute "${parts.name}" is of type ${parts.type}`);
  }
}

function decodeValueInfo(reader: WireReader): ValueInfo {
  let name = "";
  let type: ValueType = { kind: "other" };
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    if (field.number === 1) name = reader.text(field);
    else if (field.number === 2) type = decodeType(reader.message(field), 0);
    else reader.skip(field);
  }
  return { name, type };
}

function decodeType(reader: WireReader, depth: number): ValueType {
  if (depth > maxDepth) throw damaged("types lie too deep in types");
  let found: ValueType = { kind: "other" };
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    if (field.number === 1) found = decodeTensorType(reader.message(field));
    else if (field.number === 4) found = { kind: "sequence", element: decodeElement(reader.message(field), depth) };
    else if (field.number === 9) found = { kind: "optional", element: decodeElement(reader.message(field), depth) };
    else reader.skip(field);
  }
  return found;
}

/** What a list or an optional holds. */
function decodeElement(reader: WireReader, depth: number): ValueType {
  let element: ValueType = { kind: "other" };
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    if (field.number === 1) element = decodeType(reader.message(field), depth + 1);
    else reader.skip(field);
  }
  return element;
}

function decodeTensorType(reader: WireReader): ValueType {
  let number = 0;
  let shape: (number | string | undefined)[] | undefined;
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    if (field.number === 1) number = reader.integer(field);
    else if (field.number === 2) shape = decodeShape(reader.message(field));
    else reader.skip(field);
  }
  return { kind: "tensor", type: number === 0 ? undefined : elementTypeOf(number), shape };
}

function decodeShape(reader: WireReader): (number | string | undefined)[] {
  const shape: (number | string | undefined)[] = [];
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    if (field.number === 1) shape.push(decodeDimension(reader.message(field)));
    else reader.skip(field);
    if (shape.length > 64) throw damaged("a value has more than 64 axes");
  }
  return shape;
}

function decodeDimension(reader: WireReader): number | string | undefined {
  let extent: number | string | undefined;
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    if (field.number === 1) extent = reader.integer(field);
    else if (field.number === 2) extent = reader.text(field);
    else reader.skip(field);
  }
  return extent;
}

function decodeFunction(reader: WireReader, context: Context): GraphFunction {
  const lists: { inputs: string[]; outputs: string[]; nodes: GraphNode[] } = { inputs: [], outputs: [], nodes: [] };
  const defaults = new Map<string, Attribute>();
  const opsets = new Map<string, number>();
  let [name, domain] = ["", ""];
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    count(context);
    if (field.number === 1) name = reader.text(field);
    else if (field.number === 4) lists.inputs.push(reader.text(field));
    else if (field.number === 5) lists.outputs.push(reader.text(field));
    else if (field.number === 7) lists.nodes.push(decodeNode(reader.message(field), context, 0));
    else if (field.number === 9) decodeOpset(reader.message(field), opsets);
    else if (field.number === 10) domain = reader.text(field);
    else if (field.number === 11) {
      const [key, attribute] = decodeAttribute(reader.message(field), context, 0);
      if (attribute !== undefined) defaults.set(key, attribute);
    } else reader.skip(field);
  }
  return { name, domain, ...lists, defaults, opsets };
}

function unread(what: string): SinterError {
  return new SinterError("format", `onnx: ${what}, which is not read. Export the model without it.`);
}

/** A list of tensors by itself, as ONNX's tests store one: SequenceProto, or OptionalProto, whose tensor has the same place. */
export function decodeTensorList(bytes: Uint8Array): GraphTensor[] {
  const reader = new WireReader(bytes);
  const tensors: GraphTensor[] = [];
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    if (field.number === 3) tensors.push(decodeTensor(reader.message(field), refuseExternal).tensor);
    else if (field.number === 5) tensors.push(...decodeTensorList(reader.bytes(field)));
    else reader.skip(field);
  }
  return tensors;
}
