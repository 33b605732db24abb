// PyTorch's .pt and .pth files, both kinds: zip files with a pickle, and the older ones that are pickles with values after
// them. Only state dicts and other containers of tensors; nothing is executed (pickle.ts).

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { looksLikeArchive } from "./archive-directory.ts";
import { type ArchiveLimits, openArchive, readArchive } from "./archive.ts";
import { type ByteSource, readPart, withFile } from "./byte-source.ts";
import { isDict, isList, looksLikePickle, readPickle } from "./pickle.ts";
import {
  gatherBytes,
  isThing,
  storageFromId,
  torchBuilder,
  type TorchStorage,
  type TorchTensor,
  type TorchValue,
} from "./pytorch-values.ts";
import type { StoredTensor } from "./safetensors.ts";
import { dtypeOf, type NumberRules, readValues, storedBytes } from "./stored-values.ts";

export interface PyTorchFile {
  /** By their keys; those of containers in containers joined by dots: `optimizer.state.0.exp_avg`. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** What is no tensor: numbers, texts, truths; null is Python's None. */
  readonly values: ReadonlyMap<string, number | bigint | string | boolean | null>;
}

/** A pickle and how its storages' bytes are had. */
interface TorchContents {
  readonly root: TorchValue;
  readonly littleEndian: boolean;
  bytesOf(storage: TorchStorage): Uint8Array;
}

const maxDepth = 32;
const maxValues = 1_000_000;
/** The first pickle of an older file. */
const legacyMagic = 0x1950a86a20f9469cfc6cn;
const legacyProtocol = 1001;

/**
 * The tensors in the bytes of a .pt or .pth file: a state dict, or lists and dictionaries of tensors. Tensors of any
 * strides come in row-major order; int64 becomes i32 where it fits, float64 only with `float64: "round"`.
 * @throws format for a pickled module, TorchScript, and every other file that is no container of tensors
 * @throws limit where tensors share so much that they would be far larger than the file
 */
export function decodePyTorch(bytes: Uint8Array, rules: NumberRules & ArchiveLimits = {}): PyTorchFile {
  const contents = looksLikeArchive(bytes) ? openBytes(bytes, rules) : openLegacy(bytes);
  const { views, values } = partsOf(contents.root);
  const reading = new TensorReading(bytes.length, contents.littleEndian, rules);
  const tensors = new Map(
    Array.from(views, ([name, view]) => [name, reading.tensor(name, view, () => contents.bytesOf(view.storage))]),
  );
  return { tensors, values };
}

/** As `decodePyTorch`, of a file: a zip file may have any size, storages are read one by one. @throws file where there is none */
export async function readPyTorch(path: string, rules: NumberRules & ArchiveLimits = {}): Promise<PyTorchFile> {
  return await withFile(path, async (source) => {
    if (!looksLikeArchive(await readPart(source, 0, 4))) return decodePyTorch(await platform().files.read(path), rules);
    return await readStorages(source, rules);
  });
}

async function readStorages(source: ByteSource, rules: NumberRules & ArchiveLimits): Promise<PyTorchFile> {
  const archive = await openArchive(source, { names: "keys", ...rules });
  const { folder, pickle } = pickleOf(archive);
  const littleEndian = isLittleEndian(await archive.get(`${folder}byteorder`)?.read());
  const { views, values } = partsOf(rootOf(await archive.get(pickle)?.read()));
  const reading = new TensorReading(source.size, littleEndian, rules);
  const found = new Map<string, StoredTensor>();
  // All views of a storage while it is there: each is read once.
  for (const [key, names] of namesByStorage(views)) {
    const storage = await archive.get(`${folder}data/${key}`)?.read();
    for (const name of names) {
      const view = views.get(name);
      if (view !== undefined)
        found.set(
          name,
          reading.tensor(name, view, () => storage ?? missing(key)),
        );
    }
  }
  const ordered = [...views.keys()].flatMap((name) => {
    const tensor = found.get(name);
    return tensor === undefined ? [] : [[name, tensor] as const];
  });
  return { tensors: new Map(ordered), values };
}

function namesByStorage(views: ReadonlyMap<string, TorchTensor>): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const [name, { storage }] of views) {
    const others = names.get(storage.key);
    if (others === undefined) names.set(storage.key, [name]);
    else others.push(name);
  }
  return names;
}

interface Parts {
  readonly views: ReadonlyMap<string, TorchTensor>;
  readonly values: PyTorchFile["values"];
}

/** Tensors and plain values by their names. @throws format for anything else */
function partsOf(root: TorchValue): Parts {
  const views = new Map<string, TorchTensor>();
  const values = new Map<string, number | bigint | string | boolean | null>();
  visitValues(root, (name, value) => {
    if (views.has(name) || values.has(name)) throw wrong(`"${name.slice(0, 80)}" is there twice`);
    if (isThing(value, "tensor")) views.set(name, value);
    else if (typeof value !== "object" || value === null) values.set(name, value);
    else throw wrong(`"${name.slice(0, 80)}" is no tensor and no plain value`);
  });
  return { views, values };
}

/** Reads tensors; ones that are the same view are one, and all together are bounded. */
class TensorReading {
  readonly #littleEndian: boolean;
  readonly #rules: NumberRules;
  readonly #known = new Map<string, StoredTensor>();
  #left: number;

  /** @param size of the file, in bytes */
  constructor(size: number, littleEndian: boolean, rules: NumberRules) {
    this.#left = 2 ** 25 + 2 * size;
    this.#littleEndian = littleEndian;
    this.#rules = rules;
  }

  tensor(name: string, view: TorchTensor, bytesOf: () => Uint8Array): StoredTensor {
    const { storage, type, offset, shape, strides } = view;
    const key = JSON.stringify([storage.key, type, offset, shape, strides]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#left -= shape.reduce((product, extent) => product * extent, storedBytes(type));
    if (this.#left < 0) {
      throw new SinterError(
        "limit",
        `pytorch: the tensors are far larger than the file: "${name.slice(0, 80)}" of shape [${shape.join(", ")}] is one ` +
          "value many times, or shares its values with many. Save copies in Python: tensor.clone().",
        { name },
      );
    }
    const gathered = gatherBytes(view, bytesOf());
    const data = readValues(type, gathered, name, { ...this.#rules, littleEndian: this.#littleEndian });
    const tensor = { dtype: dtypeOf(type), shape, data };
    this.#known.set(key, tensor);
    return tensor;
  }
}

/** Visits what is no container, by the names of all keys on the way. */
function visitValues(root: TorchValue, visit: (name: string, value: TorchValue) => void): void {
  let numVisited = 0;
  const walk = (value: TorchValue, path: readonly string[]): void => {
    numVisited += 1;
    if (numVisited > maxValues) throw wrong(`it holds more than ${maxValues} values`);
    if (path.length > maxDepth) throw wrong(`its containers are nested more than ${maxDepth} deep`);
    if (isDict(value)) for (const [key, item] of value.entries) walk(item, [...path, keyText(key)]);
    else if (isList(value)) for (const [index, item] of value.items.entries()) walk(item, [...path, String(index)]);
    else visit(path.join("."), value);
  };
  walk(root, []);
}

function keyText(key: TorchValue): string {
  if (typeof key === "string") return key;
  if (typeof key === "number" || typeof key === "boolean" || typeof key === "bigint") return String(key);
  throw wrong("a key is no text and no number");
}

/** A zip file: NAME/data.pkl, NAME/data/KEY. */
function openBytes(bytes: Uint8Array, limits: ArchiveLimits): TorchContents {
  const archive = readArchive(bytes, { names: "keys", ...limits });
  const { folder, pickle } = pickleOf(archive);
  const known = new Map<string, Uint8Array>();
  const bytesOf = ({ key }: TorchStorage): Uint8Array => {
    const found = known.get(key) ?? archive.get(`${folder}data/${key}`)?.read() ?? missing(key);
    known.set(key, found);
    return found;
  };
  const littleEndian = isLittleEndian(archive.get(`${folder}byteorder`)?.read());
  return { root: rootOf(archive.get(pickle)?.read()), littleEndian, bytesOf };
}

/** Which entry is the pickle, and the folder that all lies in. @throws format for TorchScript, and other zip files */
function pickleOf(archive: ReadonlyMap<string, unknown>): { readonly folder: string; readonly pickle: string } {
  const [pickle, ...more] = [...archive.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined || more.length > 0) throw wrong("the zip file has no data.pkl, or several");
  const folder = pickle.slice(0, -"data.pkl".length);
  if (!archive.has(`${folder}constants.pkl`)) return { folder, pickle };
  throw new SinterError(
    "format",
    "pytorch: the file is TorchScript, a program. Save its state dict in Python: " +
      "torch.save(torch.jit.load(PATH).state_dict(), OTHER).",
  );
}

function rootOf(pickle: Uint8Array = new Uint8Array(0)): TorchValue {
  return readPickle(pickle, 0, torchBuilder(storageFromId)).value;
}

/** @param order what the entry `byteorder` holds; older files have none and are little-endian */
function isLittleEndian(order: Uint8Array | undefined): boolean {
  const text = order === undefined ? "little" : new TextDecoder().decode(order.subarray(0, 64)).trim();
  if (text === "little" || text === "big") return text === "little";
  throw wrong(`its byte order is ${JSON.stringify(text.slice(0, 20))}`);
}

function missing(key: string): never {
  throw wrong(`storage "${key.slice(0, 80)}" is missing`);
}

/** Pickles of a magic number, a version, facts of the machine, the value, and the storages' keys; then their bytes. */
function openLegacy(bytes: Uint8Array): TorchContents {
  if (!looksLikePickle(bytes)) throw wrong("it is no file of PyTorch");
  const builder = torchBuilder(storageFromId);
  let at = 0;
  const next = (): TorchValue => {
    const { value, end } = readPickle(bytes, at, builder);
    at = end;
    return value;
  };
  const [magic, protocol] = [next(), next()];
  if (magic !== legacyMagic || protocol !== legacyProtocol) throw wrong("it is a pickle, but no file of PyTorch");
  const facts = next();
  if (isDict(facts) && facts.entries.get("little_endian") === false) throw wrong("its values are big-endian");
  const storages = new Map<string, TorchStorage>();
  const remembering = torchBuilder((id) => {
    const storage = storageFromId(id);
    storages.set(storage.key, storage);
    return storage;
  });
  const { value: root, end } = readPickle(bytes, at, remembering);
  at = end;
  const places = placeStorages(bytes, next(), at, storages);
  return {
    root,
    littleEndian: true,
    bytesOf: ({ key }) => {
      const place = places.get(key);
      return place ?? missing(key);
    },
  };
}

/** The bytes of each storage: in the order of their keys, each after the count of its values. */
function placeStorages(
  bytes: Uint8Array,
  keys: TorchValue,
  start: number,
  storages: ReadonlyMap<string, TorchStorage>,
): ReadonlyMap<string, Uint8Array> {
  if (!isList(keys)) throw wrong("it has no list of storages");
  const places = new Map<string, Uint8Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  for (const key of keys.items) {
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    if (storage === undefined || places.has(storage.key)) throw wrong("a storage has no description");
    if (at + 8 > bytes.length) throw wrong("it is cut off");
    const count = Number(view.getBigUint64(at, true));
    const end = at + 8 + count * (storage.type === undefined ? 1 : storedBytes(storage.type));
    if (count !== storage.count || !(end <= bytes.length))
      throw wrong(`storage "${storage.key.slice(0, 80)}" is cut off`);
    places.set(storage.key, bytes.subarray(at + 8, end));
    at = end;
  }
  return places;
}

function wrong(what: string): SinterError {
  return new SinterError(
    "format",
    `pytorch: ${what}. Save a state dict again in Python: torch.save(model.state_dict(), PATH).`,
  );
}
