// A graph's file with its weights elsewhere: they count as external data, in a file beside it. Everything else stays as its bytes
// are, so that no field is lost which the reader does not know.

import type { HostArray } from "#engine/base/dtype.ts";
import { encodeBf16, encodeF16 } from "#engine/base/half.ts";
import { decodePair, placeOf as externalPlace } from "./decode-tensor.ts";
import { elementTypeOf } from "./element-types.ts";
import type { GraphSource } from "./graph.ts";
import { damaged, WireReader } from "./wire.ts";
import { encodeEntry, Message } from "./write-protobuf.ts";

/** Where a weight of f32 lies, and its numbers. */
export interface WeightPlace {
  readonly file: string;
  readonly offset: number;
  readonly data: HostArray;
}

/** The place of a constant of the outermost graph, if it is a weight. */
type PlaceOf = (name: string) => WeightPlace | undefined;

type Kind = "model" | "function" | "graph" | "node" | "attribute" | "tensor";

/** Messages on the way to tensors, by the fields that hold them. */
const innerKinds: Readonly<Record<Kind, Readonly<Record<number, Kind>>>> = {
  model: { 7: "graph", 25: "function" },
  function: { 7: "node" },
  graph: { 1: "node", 5: "tensor" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph" },
  tensor: {},
};

/** Fields of TensorProto that hold values or say where they are. */
const valueFields: ReadonlySet<number> = new Set([4, 5, 7, 9, 10, 11, 13, 14]);
/** How deep the outermost graph's tensors lie: in a graph, in the model. */
const outermost = 2;

/**
 * The file's bytes, its weights where `placeOf` says. Other constants are in it, also those that lay in other files; so are weights
 * of f16, bf16 and f64, rounded from the f32 that they are trained in.
 */
export function withMovedWeights({ bytes, external }: GraphSource, placeOf: PlaceOf): Uint8Array {
  return rewritten(bytes, "model", 0, { external, placeOf }).toBytes();
}

interface Move {
  readonly external: GraphSource["external"];
  readonly placeOf: PlaceOf;
}

function rewritten(bytes: Uint8Array, kind: Kind, depth: number, move: Move): Message {
  if (kind === "tensor") {
    return rewrittenTensor(bytes, depth === outermost ? move : { ...move, placeOf: () => undefined });
  }
  const message = new Message();
  const reader = new WireReader(bytes);
  for (let start = 0; start < bytes.length; start = reader.position) {
    const field = reader.next();
    const inner = field === undefined ? undefined : innerKinds[kind][field.number];
    if (field === undefined) break;
    if (inner === undefined) {
      reader.skip(field);
      message.raw(bytes.subarray(start, reader.position));
    } else message.message(field.number, rewritten(reader.bytes(field), inner, depth + 1, move));
  }
  return message;
}

function rewrittenTensor(bytes: Uint8Array, { external, placeOf }: Move): Message {
  const [kept, values] = [new Message(), new Message()];
  const entries = new Map<string, string>();
  let [name, type, isExternal] = ["", 0, false];
  const reader = new WireReader(bytes);
  for (let start = 0; start < bytes.length; start = reader.position) {
    const field = reader.next();
    if (field === undefined) break;
    if (field.number === 2) type = reader.integer(field);
    else if (field.number === 8) name = reader.text(field);
    else if (field.number === 13) entries.set(...decodePair(reader.message(field)));
    else if (field.number === 14) isExternal = reader.integer(field) === 1;
    else reader.skip(field);
    (valueFields.has(field.number) ? values : kept).raw(bytes.subarray(start, reader.position));
  }
  const place = placeOf(name);
  if (place !== undefined) return addPlace(kept, type, place);
  if (!isExternal) return kept.raw(values.toBytes());
  const raw = external(externalPlace(name, entries));
  if (raw === undefined) throw damaged(`the bytes of tensor "${name}" are not there`);
  return kept.bytes(9, raw);
}

/** Where the values are, or the values themselves where the file beside has them as another type. */
function addPlace(tensor: Message, typeNumber: number, { file, offset, data }: WeightPlace): Message {
  const type = elementTypeOf(typeNumber);
  if (type === "f16") return tensor.bytes(9, bytesOf(Uint16Array.from(data, encodeF16)));
  if (type === "bf16") return tensor.bytes(9, bytesOf(Uint16Array.from(data, encodeBf16)));
  if (type === "f64") return tensor.bytes(9, bytesOf(Float64Array.from(data)));
  return tensor
    .messages(13, [
      encodeEntry("location", file),
      encodeEntry("offset", String(offset)),
      encodeEntry("length", String(data.length * Float32Array.BYTES_PER_ELEMENT)),
    ])
    .integer(14, 1);
}

function bytesOf({ buffer }: Uint16Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer);
}
