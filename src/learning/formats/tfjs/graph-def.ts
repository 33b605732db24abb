// A GraphDef in JSON, as graph-models of TensorFlow.js keep it: nodes with typed attributes, functions, the signature. Checked
// field by field; what the operations mean is said elsewhere.

import { decodeBase64 } from "./base64.ts";
import { countOf, type Field, isMissing, itemsOf, member, membersOf, numberOf, textOf, unfit, wrong } from "./json.ts";

/** A value that a node takes: the output of another, by its number. */
export interface NodeInput {
  readonly node: string;
  /** In functions: which of an operation's named outputs; the number counts within it. */
  readonly part?: string | undefined;
  readonly output: number;
}

/** What a node is told beside its inputs. */
export type NodeAttribute =
  | { readonly kind: "type"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "flag"; readonly value: boolean }
  | { readonly kind: "text"; readonly value: string }
  /** An extent is undefined where it may be any; the whole where the rank may. */
  | { readonly kind: "shape"; readonly value: readonly (number | undefined)[] | undefined }
  | { readonly kind: "function"; readonly value: string }
  | { readonly kind: "list"; readonly value: readonly NodeAttribute[] }
  | { readonly kind: "other" };

export interface GraphDefNode {
  readonly name: string;
  readonly operation: string;
  readonly inputs: readonly NodeInput[];
  readonly attributes: ReadonlyMap<string, NodeAttribute>;
}

/** A function of the library: nodes between named arguments and results. */
export interface GraphDefFunction {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly results: readonly NodeInput[];
  readonly nodes: readonly GraphDefNode[];
}

/** What a value at the border of the graph is. */
export interface SignatureEntry {
  /** How users call it. */
  readonly key: string;
  readonly value: NodeInput;
  readonly type: string | undefined;
  readonly shape: readonly (number | undefined)[] | undefined;
}

export interface GraphDef {
  readonly nodes: readonly GraphDefNode[];
  readonly functions: ReadonlyMap<string, GraphDefFunction>;
  readonly inputs: readonly SignatureEntry[];
  readonly outputs: readonly SignatureEntry[];
}

const maxNodes = 200_000;
const maxInputs = 10_000;
const maxFunctions = 10_000;
const maxListed = 100_000;
const maxRank = 32;
const maxNameLength = 8192;

/** The graph of a model.json. @throws format where it is damaged */
export function readGraphDef(root: Field): GraphDef {
  const topology = member(root, "modelTopology");
  const library = member(topology, "library");
  const listed = isMissing(library) ? [] : optionalItems(member(library, "function"), maxFunctions);
  const functions = new Map(listed.map((field) => readFunction(field)).map((one) => [one.name, one]));
  const signature = signatureOf(root);
  const entries = (side: string): SignatureEntry[] => {
    if (signature === undefined || isMissing(member(signature, side))) return [];
    return membersOf(member(signature, side)).map(([key, field]) => readEntry(key, field));
  };
  return {
    nodes: readNodes(member(topology, "node")),
    functions,
    inputs: entries("inputs"),
    outputs: entries("outputs"),
  };
}

/** Older converters keep it among what users may add. */
function signatureOf(root: Field): Field | undefined {
  const own = member(root, "signature");
  if (!isMissing(own)) return own;
  const added = member(root, "userDefinedMetadata");
  const older = isMissing(added) ? added : member(added, "signature");
  return isMissing(older) ? undefined : older;
}

function readEntry(key: string, field: Field): SignatureEntry {
  const type = member(field, "dtype");
  const shape = member(field, "tensorShape");
  return {
    key,
    value: readInput(isMissing(member(field, "name")) ? { value: key, path: field.path } : member(field, "name")),
    type: isMissing(type) ? undefined : readType(type),
    shape: isMissing(shape) ? undefined : readShape(shape),
  };
}

/** @throws format for a name that stands twice */
function readNodes(list: Field): GraphDefNode[] {
  const names = new Set<string>();
  return itemsOf(list, maxNodes).map((field) => {
    const node = readNode(field);
    if (names.has(node.name)) throw wrong(field.path, `a second node "${node.name.slice(0, 80)}"`, "each name once");
    names.add(node.name);
    return node;
  });
}

function readNode(field: Field): GraphDefNode {
  const name = textOf(member(field, "name"));
  if (name === "" || name.length > maxNameLength) throw unfit(member(field, "name"), "a name");
  const attributes = member(field, "attr");
  return {
    name,
    operation: textOf(member(field, "op")),
    inputs: optionalItems(member(field, "input"), maxInputs)
      // Names with a caret only say what must run before.
      .filter((input) => !textOf(input).startsWith("^"))
      .map(readInput),
    attributes: new Map(
      isMissing(attributes) ? [] : membersOf(attributes).map(([key, value]) => [key, readAttribute(value, 0)]),
    ),
  };
}

/** `node`, `node:1`, or in functions `node:output:1`. */
function readInput(field: Field): NodeInput {
  const text = textOf(field);
  const parts = text.split(":");
  const last = parts.length > 1 ? Number(parts.at(-1)) : 0;
  const node = parts[0] ?? "";
  if (node === "" || parts.length > 3 || !Number.isSafeInteger(last) || last < 0)
    throw unfit(field, "the output of a node");
  return { node, ...(parts.length === 3 ? { part: parts[1] } : {}), output: last };
}

function optionalItems(field: Field, most: number): Field[] {
  return isMissing(field) ? [] : itemsOf(field, most);
}

function readFunction(field: Field): GraphDefFunction {
  const signature = member(field, "signature");
  const results = member(field, "ret");
  const names = optionalItems(member(signature, "outputArg"), maxInputs).map((one) => textOf(member(one, "name")));
  return {
    name: textOf(member(signature, "name")),
    arguments: optionalItems(member(signature, "inputArg"), maxInputs).map((one) => textOf(member(one, "name"))),
    results: names.map((name) => readInput(member(results, name))),
    nodes: readNodes(isMissing(member(field, "nodeDef")) ? { value: [], path: field.path } : member(field, "nodeDef")),
  };
}

const maxAttributeDepth = 3;

/** One of the members of an AttrValue; protobuf leaves out zeros. */
function readAttribute(field: Field, depth: number): NodeAttribute {
  const [[name, value] = ["", field]] = membersOf(field);
  switch (name) {
    case "type":
      return { kind: "type", value: readType(value) };
    case "i":
    case "f":
      return { kind: "number", value: readNumber(value) };
    case "b":
      if (typeof value.value !== "boolean") throw unfit(value, "true or false");
      return { kind: "flag", value: value.value };
    case "s":
      return { kind: "text", value: readText(value) };
    case "shape":
      return { kind: "shape", value: readShape(value) };
    case "func":
      return { kind: "function", value: textOf(member(value, "name")) };
    case "list":
      if (depth >= maxAttributeDepth) throw unfit(field, "lists of plain values");
      return { kind: "list", value: readList(value) };
    default:
      return { kind: "other" };
  }
}

/** A list has one member, named by the kind of its items. */
function readList(field: Field): NodeAttribute[] {
  const [[kind, items] = ["", undefined]] = membersOf(field).filter(([, items]) => !isMissing(items));
  if (items === undefined) return [];
  return itemsOf(items, maxListed).map((item) =>
    readAttribute({ value: { [kind === "__proto__" ? "" : kind]: item.value }, path: item.path }, maxAttributeDepth),
  );
}

/** Types by protobuf's numbers, where a file has those. */
const typeNumbers: ReadonlyMap<number, string> = new Map([
  [1, "DT_FLOAT"],
  [2, "DT_DOUBLE"],
  [3, "DT_INT32"],
  [4, "DT_UINT8"],
  [5, "DT_INT16"],
  [6, "DT_INT8"],
  [7, "DT_STRING"],
  [8, "DT_COMPLEX64"],
  [9, "DT_INT64"],
  [10, "DT_BOOL"],
  [19, "DT_HALF"],
]);

function readType(field: Field): string {
  if (typeof field.value !== "number") return textOf(field);
  const name = typeNumbers.get(field.value);
  if (name === undefined) throw unfit(field, "a type");
  return name;
}

/** Numbers, and whole ones of 64 bits as texts; protobuf writes NaN and infinities as texts too. */
function readNumber(field: Field): number {
  if (typeof field.value !== "string") return numberOf(field);
  const number = Number(field.value);
  if (field.value.trim() === "" || (Number.isNaN(number) && field.value !== "NaN")) throw unfit(field, "a number");
  return number;
}

/** Texts are bytes in base64, or as numbers. */
function readText(field: Field): string {
  if (Array.isArray(field.value)) return String.fromCharCode(...itemsOf(field, maxNameLength).map(byteOf));
  const bytes = decodeBase64(textOf(field));
  if (bytes === undefined) throw unfit(field, "bytes in base64");
  return new TextDecoder().decode(bytes);
}

function byteOf(field: Field): number {
  const byte = countOf(field);
  if (byte > 255) throw unfit(field, "a byte");
  return byte;
}

function readShape(field: Field): readonly (number | undefined)[] | undefined {
  if (member(field, "unknownRank").value === true) return undefined;
  return optionalItems(member(field, "dim"), maxRank).map((extent) => {
    const size = member(extent, "size");
    const number = isMissing(size) ? 0 : readNumber(size);
    if (!Number.isSafeInteger(number)) throw unfit(size, "an extent");
    return number < 0 ? undefined : number;
  });
}
