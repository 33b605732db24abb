// An .onnx file read in parts: large constants go straight into memory of their own and, weight by weight, to the device, so that
// the file is never there as a whole. Everything else is small and is decoded as if it had been read at once.

import { sizeOf } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { readPart, withFile, type ByteSource } from "../byte-source.ts";
import { DeviceReader } from "../device-reader.ts";
import { weightNames } from "./analyze.ts";
import { decodeOnnx } from "./decode.ts";
import { readExternal } from "./external.ts";
import type { ExternalPlace, GraphModel, GraphTensor } from "./graph.ts";
import { operators } from "./operators/index.ts";
import { damaged, WireReader } from "./wire.ts";
import { encodeEntry, Message } from "./write-protobuf.ts";

/** A large constant: where its bytes lie in the file. */
interface Stretch {
  readonly begin: number;
  readonly length: number;
}

/** A file without the bytes of its large constants: they count as external, and are named by their number. */
interface Skeleton {
  readonly bytes: Uint8Array;
  readonly stretches: readonly Stretch[];
}

/** Constants of at least this many bytes are left in the file at first. */
const largeBytes = 1 << 16;
const windowBytes = 1 << 18;
/** How external data names a stretch; no file of a model can be called so, since the name has a NUL. */
const stretchName = "\0stretch:";

/** Fields of ModelProto, GraphProto and TensorProto on the way to the bytes of a constant. */
const path = [7, 5, 9];

/**
 * The graph of an .onnx file, with constants that lie beside it.
 * @param keepsOnDevice whether large f32 weights are sent to the default device, so that the host has them no more
 */
export async function readOnnxFile(path: string, keepsOnDevice: boolean): Promise<GraphModel> {
  return await withFile(path, (source) => readGraph(path, source, keepsOnDevice));
}

async function readGraph(path: string, source: ByteSource, keepsOnDevice: boolean): Promise<GraphModel> {
  const { bytes, stretches } = await readSkeleton(source);
  const places: ExternalPlace[] = [];
  const first = decodeOnnx(bytes, (place) => {
    places.push(place);
    return undefined;
  });
  if (places.length === 0) return first;
  const residents = keepsOnDevice ? await sentToDevice(first, source, stretches) : new Map<string, Tensor>();
  const isSent = new Set([...residents.keys()].map((name) => first.graph.initializers.get(name)?.place?.location));
  const own = new Map<string, Uint8Array>();
  for (const { location } of places) {
    const stretch = stretchOf(location, stretches);
    if (stretch === undefined || isSent.has(location)) continue;
    own.set(location, await readPart(source, stretch.begin, stretch.begin + stretch.length));
  }
  const beside = places.filter(({ location }) => !location.startsWith(stretchName));
  const external = beside.length === 0 ? undefined : await readExternal(path, beside);
  const whole = decodeOnnx(
    bytes,
    (place) => own.get(place.location) ?? (isSent.has(place.location) ? undefined : external?.(place)),
  );
  return { ...whole, graph: { ...whole.graph, initializers: withResidents(whole.graph.initializers, residents) } };
}

/** The graph of an .onnx file without its large constants, whose `place` is theirs; of other files none is opened. */
export async function readOnnxStructure(path: string): Promise<GraphModel> {
  const { bytes } = await withFile(path, readSkeleton);
  return decodeOnnx(bytes, () => undefined);
}

function withResidents(
  initializers: ReadonlyMap<string, GraphTensor>,
  residents: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, GraphTensor> {
  const all = new Map(initializers);
  for (const [name, resident] of residents) {
    const constant = all.get(name);
    if (constant !== undefined) all.set(name, { ...constant, resident });
  }
  return all;
}

/** The stretch that a place names. @throws format for one that is not there */
function stretchOf(location: string, stretches: readonly Stretch[]): Stretch | undefined {
  if (!location.startsWith(stretchName)) return undefined;
  const stretch = stretches[Number(location.slice(stretchName.length))];
  if (stretch === undefined) throw damaged("a constant lies nowhere");
  return stretch;
}

/** Weights of f32, read one after the other into the same memory, which the device copies. @throws file */
async function sentToDevice(
  model: GraphModel,
  source: ByteSource,
  stretches: readonly Stretch[],
): Promise<Map<string, Tensor>> {
  const names = weightNames(model, operators);
  const sent = new Map<string, Tensor>();
  const reader = new DeviceReader(source);
  for (const [name, { type, shape, place }] of model.graph.initializers) {
    const stretch = place === undefined ? undefined : stretchOf(place.location, stretches);
    if (stretch === undefined || type !== "f32" || !names.has(name)) continue;
    const { begin, length } = stretch;
    if (length !== 4 * sizeOf(shape)) throw damaged(`tensor "${name}" has ${length} bytes`);
    sent.set(name, reader.tensor({ name, type, shape, begin, end: begin + length }));
  }
  await reader.finish();
  return sent;
}

/** What remains of a file when large constants are taken out. @throws format, file */
async function readSkeleton(source: ByteSource): Promise<Skeleton> {
  const window = fileWindow(source);
  const stretches: Stretch[] = [];
  const message = await withoutLarge(window, { begin: 0, length: source.size }, 0, stretches);
  return { bytes: message.toBytes(), stretches };
}

interface FileWindow {
  /** Bytes from a place on, at least as many as asked unless the file ends. */
  at(begin: number, length: number): Promise<Uint8Array>;
}

function fileWindow(source: ByteSource): FileWindow {
  let [start, held] = [0, new Uint8Array(0)];
  return {
    at: async (begin, length) => {
      if (begin < start || begin + length > start + held.length) {
        held = new Uint8Array(await readPart(source, begin, begin + Math.max(length, windowBytes)));
        start = begin;
      }
      return held.subarray(begin - start);
    },
  };
}

/** The fields of a message, those on the way to constants without their large bytes, which count as external. */
async function withoutLarge(
  window: FileWindow,
  { begin, length }: Stretch,
  level: number,
  stretches: Stretch[],
): Promise<Message> {
  const message = new Message();
  const end = begin + length;
  for (let at = begin; at < end;) {
    const head = await window.at(at, Math.min(32, end - at));
    const reader = new WireReader(head.subarray(0, Math.min(32, end - at)));
    const field = reader.next();
    if (field === undefined) break;
    const body = field.wire === 2 ? reader.number() : 0;
    if (field.wire !== 2) reader.skip(field);
    const inside = at + reader.position;
    const next = inside + body;
    if (body < 0 || next > end) throw damaged("a field is longer than the message around it");
    const isOnWay = field.number === path[level] && body >= largeBytes;
    if (!isOnWay) message.raw((await window.at(at, next - at)).slice(0, next - at));
    else if (level === path.length - 1) {
      message.message(13, encodeEntry("location", `${stretchName}${stretches.length}`)).integer(14, 1);
      stretches.push({ begin: inside, length: body });
    } else {
      message.message(field.number, await withoutLarge(window, { begin: inside, length: body }, level + 1, stretches));
    }
    at = next;
  }
  return message;
}
