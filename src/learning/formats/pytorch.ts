// PyTorch's .pt and .pth files, both kinds: zip files with a pickle, and the older ones that are pickles with values after
// them. Only state dicts and other containers of tensors; nothing is executed (pickle.ts).

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { looksLikeArchive } from "./archive-directory.ts";
import { type Archive, type ArchiveLimits, readArchive } from "./archive.ts";
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
  const contents = looksLikeArchive(bytes) ? openArchive(bytes, rules) : openLegacy(bytes);
  const tensors = new Map<string, StoredTensor>();
  const values = new Map<string, number | bigint | string | boolean | null>();
  const reading = new TensorReading(contents, 2 ** 25 + 2 * bytes.length, rules);
  visitValues(contents.root, (name, value) => {
    if (tensors.has(name) || values.has(name)) throw wrong(`"${name.slice(0, 80)}" is there twice`);
    if (isThing(value, "tensor")) tensors.set(name, reading.tensor(name, value));
    else if (typeof value !== "object" || value === null) values.set(name, value);
    else throw wrong(`"${name.slice(0, 80)}" is no tensor and no plain value`);
  });
  return { tensors, values };
}

/** As `decodePyTorch`, of a file. @throws file where there is none */
export async function readPyTorch(path: string, rules: NumberRules & ArchiveLimits = {}): Promise<PyTorchFile> {
  return decodePyTorch(await platform().files.read(path), rules);
}

/** Reads tensors; ones that are the same view are one, and all together are bounded. */
class TensorReading {
  readonly #contents: TorchContents;
  readonly #rules: NumberRules;
  readonly #known = new Map<string, StoredTensor>();
  #left: number;

  constructor(contents: TorchContents, maxBytes: number, rules: NumberRules) {
    this.#contents = contents;
    this.#left = maxBytes;
    this.#rules = rules;
  }

  tensor(name: string, view: TorchTensor): StoredTensor {
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
    const gathered = gatherBytes(view, this.#contents.bytesOf(storage));
    const { littleEndian } = this.#contents;
    const data = readValues(type, gathered, name, { ...this.#rules, littleEndian });
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
function openArchive(bytes: Uint8Array, limits: ArchiveLimits): TorchContents {
  const archive = readArchive(bytes, { names: "keys", ...limits });
  const pickles = [...archive.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle, ...more] = pickles;
  if (pickle === undefined || more.length > 0) throw wrong("the zip file has no data.pkl, or several");
  const folder = pickle.slice(0, -"data.pkl".length);
  if (archive.has(`${folder}constants.pkl`)) {
    throw new SinterError(
      "format",
      "pytorch: the file is TorchScript, a program. Save its state dict in Python: " +
        "torch.save(torch.jit.load(PATH).state_dict(), OTHER).",
    );
  }
  const order = textOf(archive, `${folder}byteorder`) ?? "little";
  if (order !== "little" && order !== "big") throw wrong(`its byte order is ${JSON.stringify(order.slice(0, 20))}`);
  const known = new Map<string, Uint8Array>();
  const bytesOf = ({ key }: TorchStorage): Uint8Array => {
    const found = known.get(key) ?? archive.get(`${folder}data/${key}`)?.read();
    if (found === undefined) throw wrong(`storage "${key.slice(0, 80)}" is missing`);
    known.set(key, found);
    return found;
  };
  const contents = archive.get(pickle)?.read() ?? new Uint8Array(0);
  const { value } = readPickle(contents, 0, torchBuilder(storageFromId));
  return { root: value, littleEndian: order === "little", bytesOf };
}

function textOf(archive: Archive, name: string): string | undefined {
  const entry = archive.get(name);
  if (entry === undefined || entry.bytes > 64) return undefined;
  return new TextDecoder().decode(entry.read()).trim();
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
      if (place === undefined) throw wrong(`storage "${key.slice(0, 80)}" is missing`);
      return place;
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
