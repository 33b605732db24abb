// What a pickle of PyTorch may name: the parts of tensors and OrderedDict. A tensor is a view of a storage, by offset, size
// and strides; its values are gathered here.

import { SinterError } from "#engine/base/error.ts";
import { isDict, isList, type PickleBuilder, type PickleValue } from "./pickle.ts";
import { countOf, storedBytes, type StoredType } from "./stored-values.ts";

/** What pickles of PyTorch hold besides plain values. */
export type TorchThing = { readonly kind: "global"; readonly name: string } | TorchStorage | TorchTensor;

/** Values in the file by a key. */
export interface TorchStorage {
  readonly kind: "storage";
  readonly key: string;
  /** Undefined for bytes whose type each tensor gives. */
  readonly type: StoredType | undefined;
  /** In values. */
  readonly count: number;
}

/** A view of a storage; offset and strides in values. */
export interface TorchTensor {
  readonly kind: "tensor";
  readonly storage: TorchStorage;
  readonly type: StoredType;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

export type TorchValue = PickleValue<TorchThing>;

const storageTypes: ReadonlyMap<string, StoredType | undefined> = new Map(
  Object.entries({
    FloatStorage: "f32",
    DoubleStorage: "f64",
    HalfStorage: "f16",
    BFloat16Storage: "bf16",
    LongStorage: "i64",
    IntStorage: "i32",
    ShortStorage: "i16",
    CharStorage: "i8",
    ByteStorage: "u8",
    BoolStorage: "bool",
    UntypedStorage: undefined,
  } as const),
);
const dtypes: ReadonlyMap<string, StoredType> = new Map(
  Object.entries({
    float32: "f32",
    float64: "f64",
    float16: "f16",
    bfloat16: "bf16",
    int64: "i64",
    int32: "i32",
    int16: "i16",
    int8: "i8",
    uint8: "u8",
    uint16: "u16",
    uint32: "u32",
    uint64: "u64",
    bool: "bool",
    float8_e4m3fn: "f8e4m3",
    float8_e5m2: "f8e5m2",
  } as const),
);
const functions: ReadonlySet<string> = new Set([
  "collections.OrderedDict",
  "torch._utils._rebuild_tensor",
  "torch._utils._rebuild_tensor_v2",
  "torch._utils._rebuild_tensor_v3",
  "torch._utils._rebuild_parameter",
  "torch.Size",
]);
const maxRank = 64;

/** Builds the values of a pickle. @param storageOf what a persistent id of the file means */
export function torchBuilder(storageOf: (id: readonly TorchValue[]) => TorchStorage): PickleBuilder<TorchThing> {
  return {
    global: (module, name) => {
      const full = `${module}.${name}`;
      const isKnown = functions.has(full) || storageTypes.has(torchName(full)) || dtypes.has(torchName(full));
      if (!isKnown) throw refusedName(full);
      return { kind: "global", name: full };
    },
    reduce: (callee, args) => {
      if (!isThing(callee, "global")) throw wrong("it calls what is no function");
      return call(callee.name, args);
    },
    persistent: (id) => {
      if (!isList(id)) throw wrong("a storage has no description");
      return storageOf(id.items);
    },
  };
}

/** Of a name of torch what is after it. */
function torchName(full: string): string {
  return /^torch\.(?:storage\.)?([A-Za-z0-9_]+)$/.exec(full)?.[1] ?? "";
}

function call(name: string, args: readonly TorchValue[]): TorchValue {
  const [first] = args;
  if (name === "collections.OrderedDict" && args.length <= 1) return orderedDict(first);
  if (name === "torch.Size" && isList(first)) return first;
  if (name === "torch._utils._rebuild_parameter" && isThing(first, "tensor")) return first;
  if (name.startsWith("torch._utils._rebuild_tensor")) return rebuildTensor(args);
  throw wrong(`it calls ${name.slice(0, 80)} in a way that makes no tensor`);
}

/** Empty, or of a list of pairs. */
function orderedDict(pairs: TorchValue | undefined): TorchValue {
  const entries = new Map<TorchValue, TorchValue>();
  if (pairs !== undefined && !isList(pairs)) throw wrong("an OrderedDict is made of what is no list");
  for (const pair of pairs?.items ?? []) {
    const [key, value] = isList(pair) ? pair.items : [];
    if (key === undefined || value === undefined) throw wrong("an OrderedDict is made of what are no pairs");
    entries.set(key, value);
  }
  return { kind: "dict", entries };
}

/** (storage, offset, size, strides, requires gradient, hooks, dtype in version 3). */
function rebuildTensor(args: readonly TorchValue[]): TorchTensor {
  const [storage, offset, size, stride, , , dtype] = args;
  if (!isThing(storage, "storage")) throw wrong("a tensor has no storage");
  const given = isThing(dtype, "global") ? dtypes.get(torchName(dtype.name)) : undefined;
  const type = given ?? storage.type;
  if (type === undefined) throw wrong("a tensor has no dtype that is known");
  const [shape, strides] = [countsOf(size), countsOf(stride)];
  if (!isCount(offset) || shape.length !== strides.length || shape.length > maxRank)
    throw wrong("a tensor has no shape");
  return { kind: "tensor", storage, type, offset, shape, strides };
}

function countsOf(value: TorchValue | undefined): readonly number[] {
  if (!isList(value)) throw wrong("a shape is no list of counts");
  return value.items.map((item) => {
    if (!isCount(item)) throw wrong("a shape is no list of counts");
    return item;
  });
}

/** A storage from its id: ("storage", class, key, place, count, view). @throws format for any other id */
export function storageFromId(id: readonly TorchValue[]): TorchStorage {
  const [kind, type, key, , count, view] = id;
  if (kind !== "storage" || !isThing(type, "global") || !storageTypes.has(torchName(type.name))) {
    throw wrong("it holds more than tensors");
  }
  if (typeof key !== "string" || !isCount(count)) throw wrong("a storage has no key");
  if (view !== undefined && view !== null)
    throw wrong("a storage is part of another. Save the file with PyTorch 1.6 or later");
  return { kind: "storage", key, type: storageTypes.get(torchName(type.name)), count };
}

/**
 * The bytes of a tensor's values in row-major order: a view where they lie so.
 * @param bytes the storage's
 * @throws format where a value would lie outside
 */
export function gatherBytes({ type, offset, shape, strides }: TorchTensor, bytes: Uint8Array): Uint8Array {
  const count = countOf(shape);
  const size = storedBytes(type);
  if (count === undefined) throw wrong("a tensor has more values than can be counted");
  if (count === 0) return new Uint8Array(0);
  const last = shape.reduce((sum, extent, axis) => sum + (extent - 1) * (strides[axis] ?? 0), offset);
  if (!((last + 1) * size <= bytes.length)) throw wrong("a tensor reaches beyond its storage");
  if (isRowMajor(shape, strides)) return bytes.subarray(offset * size, (offset + count) * size);
  const gathered = new Uint8Array(count * size);
  const place = shape.map(() => 0);
  let from = offset;
  for (let index = 0; index < count; index += 1) {
    for (let byte = 0; byte < size; byte += 1) gathered[index * size + byte] = bytes[from * size + byte] ?? 0;
    let axis = shape.length - 1;
    while (axis >= 0 && place[axis] === (shape[axis] ?? 1) - 1) {
      from -= (place[axis] ?? 0) * (strides[axis] ?? 0);
      place[axis] = 0;
      axis -= 1;
    }
    if (axis < 0) break;
    place[axis] = (place[axis] ?? 0) + 1;
    from += strides[axis] ?? 0;
  }
  return gathered;
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const extent = shape[axis] ?? 1;
    if (extent !== 1 && strides[axis] !== expected) return false;
    expected *= extent;
  }
  return true;
}

/** A thing of one kind. */
export function isThing<Kind extends TorchThing["kind"]>(
  value: TorchValue | undefined,
  kind: Kind,
): value is Extract<TorchThing, { readonly kind: Kind }> {
  return typeof value === "object" && value !== null && !isList(value) && !isDict(value) && value.kind === kind;
}

function isCount(value: TorchValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function refusedName(name: string): SinterError {
  const shown = name.slice(0, 80);
  const what = /^(?:torch\.nn\.|__main__\.|torchvision\.|timm\.)/.test(name) ? "a whole module" : "more than tensors";
  return new SinterError(
    "format",
    `pytorch: the file holds ${what}: it names ${shown}, which only executing it could make. ` +
      "Save its state dict in Python: torch.save(model.state_dict(), PATH).",
    { name: shown },
  );
}

function wrong(what: string): SinterError {
  return new SinterError(
    "format",
    `pytorch: ${what}. Save a state dict again in Python: torch.save(model.state_dict(), PATH).`,
  );
}
