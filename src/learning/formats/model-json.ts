// model.json: what a model is, beside its weights. Plain JSON with a version; reading checks every field and executes
// nothing.

import { isRecord } from "#engine/base/is-record.ts";
import { messageOf, SinterError } from "#engine/base/error.ts";
import type { ConfigValue } from "#engine/base/options.ts";

/** A thing by its kind and options: a layer, an optimizer, a metric. */
export interface Described {
  readonly kind: string;
  readonly options: { readonly [name: string]: ConfigValue };
}

/** The calls of layers, by their places in the list of layers, and their values, numbered in order. */
export interface DescribedGraph {
  /** Each takes values of earlier calls; of none it is an input of the model. Of `values` where it gives several. */
  readonly calls: readonly { readonly layer: number; readonly inputs: readonly number[]; readonly values?: number }[];
  /** Values that are the model's outputs. */
  readonly outputs: readonly number[];
}

/** What is learnt and measured of one output of several. */
export interface DescribedObjective {
  /** Its name. */
  readonly output: string;
  readonly loss: Described;
  /** What the loss counts in the sum of all. */
  readonly weight: number;
  readonly metrics: readonly Described[];
  readonly weightedMetrics?: readonly Described[];
}

/** What model.json holds. */
export interface ModelDescription {
  readonly name: string;
  /** In order; each with its name among its options. */
  readonly layers: readonly Described[];
  /** How the layers are called; left out where each takes the value of the one before. */
  readonly graph?: DescribedGraph | undefined;
  /** How the model was compiled, if it was. */
  readonly training?:
    | {
        readonly optimizer: Described;
        /** Of a model of one output. */
        readonly loss?: Described;
        readonly metrics?: readonly Described[];
        readonly weightedMetrics?: readonly Described[];
        /** Of a model of several, in place of `loss` and `metrics`. */
        readonly objectives?: readonly DescribedObjective[];
        /** What values between layers are stored as. */
        readonly mixedPrecision?: string | undefined;
        /** Whether what is inside blocks is computed once more for the gradient. */
        readonly recompute?: boolean | undefined;
        /** Updates done. */
        readonly iterations: number;
        readonly seed: number;
      }
    | undefined;
  /** How pictures become inputs. */
  readonly preprocessing: {
    readonly scale?: number | undefined;
    readonly offset?: number | undefined;
    readonly imageSize?: readonly [number, number] | undefined;
    readonly classNames?: readonly string[] | undefined;
    readonly temperature?: number | undefined;
    readonly threshold?: number | undefined;
  };
}

const format = "sinter-model";
const version = 1;
const maxBytes = 64 * 2 ** 20;
const maxDepth = 32;
/** Of one call. */
const maxValues = 1024;

/** The text of model.json. */
export function encodeModelJson(description: ModelDescription): string {
  return `${JSON.stringify({ format, version, ...description }, undefined, 2)}\n`;
}

/**
 * The description in the text of a model.json.
 * @throws format when it is no model.json, of a newer version, or has a field of the wrong kind
 */
export function decodeModelJson(bytes: Uint8Array): ModelDescription {
  if (bytes.length > maxBytes) throw wrong(`${bytes.length} bytes`, `at most ${maxBytes}`);
  const root = new Reader(parse(bytes), "model.json");
  if (root.get("format").text() !== format) throw wrong("another format", `"format": "${format}"`);
  if (root.get("version").number() > version) {
    throw new SinterError(
      "format",
      `model.json is of version ${root.get("version").number()}. Update sinter to read it.`,
    );
  }
  const graph = root.get("graph");
  const training = root.get("training");
  const preprocessing = root.get("preprocessing");
  return {
    name: root.get("name").text(),
    layers: root.get("layers").list().map(described),
    ...(graph.isMissing ? {} : { graph: readGraph(graph, root.get("layers").list().length) }),
    ...(training.isMissing ? {} : { training: readTraining(training) }),
    preprocessing: preprocessing.isMissing ? {} : readPreprocessing(preprocessing),
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return value;
  } catch (error) {
    throw wrong(messageOf(error), "JSON in UTF-8");
  }
}

function described(reader: Reader): Described {
  return { kind: reader.get("kind").text(), options: reader.get("options").record() };
}

/** @throws format where a call names a layer that is not there, or a value that is not before it */
function readGraph(reader: Reader, numLayers: number): DescribedGraph {
  let numValues = 0;
  const calls = reader
    .get("calls")
    .list()
    .map((call) => {
      const inputs = call.get("inputs").list();
      const values = call.get("values");
      const read = {
        layer: call.get("layer").place(numLayers),
        inputs: inputs.map((taken) => taken.place(numValues)),
        ...(values.isMissing ? {} : { values: values.place(maxValues) }),
      };
      numValues += read.values ?? 1;
      return read;
    });
  return {
    calls,
    outputs: reader
      .get("outputs")
      .list()
      .map((output) => output.place(numValues)),
  };
}

function readTraining(reader: Reader): NonNullable<ModelDescription["training"]> {
  const objectives = reader.get("objectives");
  const mixedPrecision = reader.get("mixedPrecision");
  const recompute = reader.get("recompute");
  const goals = objectives.isMissing
    ? { loss: described(reader.get("loss")), ...readMetrics(reader) }
    : { objectives: objectives.list().map(readObjective) };
  return {
    optimizer: described(reader.get("optimizer")),
    ...goals,
    ...(mixedPrecision.isMissing ? {} : { mixedPrecision: mixedPrecision.text() }),
    ...(recompute.isMissing ? {} : { recompute: recompute.truth() }),
    iterations: reader.get("iterations").number(),
    seed: reader.get("seed").number(),
  };
}

function readObjective(reader: Reader): DescribedObjective {
  return {
    output: reader.get("output").text(),
    loss: described(reader.get("loss")),
    weight: reader.get("weight").number(),
    ...readMetrics(reader),
  };
}

function readMetrics(reader: Reader): Pick<DescribedObjective, "metrics" | "weightedMetrics"> {
  const weighted = reader.get("weightedMetrics");
  return {
    metrics: reader.get("metrics").list().map(described),
    ...(weighted.isMissing ? {} : { weightedMetrics: weighted.list().map(described) }),
  };
}

function readPreprocessing(reader: Reader): ModelDescription["preprocessing"] {
  const imageSize = reader.get("imageSize");
  const classNames = reader.get("classNames");
  const [height, width] = imageSize.isMissing ? [] : imageSize.list().map((extent) => extent.number());
  return {
    ...optional("scale", reader.get("scale")),
    ...optional("offset", reader.get("offset")),
    ...(height === undefined || width === undefined ? {} : { imageSize: [height, width] }),
    ...(classNames.isMissing ? {} : { classNames: classNames.list().map((name) => name.text()) }),
    ...optional("temperature", reader.get("temperature")),
    ...optional("threshold", reader.get("threshold")),
  };
}

type OptionalNumber = "scale" | "offset" | "temperature" | "threshold";

function optional(name: OptionalNumber, reader: Reader): { readonly [name in OptionalNumber]?: number } {
  return reader.isMissing ? {} : { [name]: reader.number() };
}

/** A value of the file and where it stands, for errors. */
class Reader {
  readonly #value: unknown;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    this.#value = value;
    this.#path = path;
  }

  get isMissing(): boolean {
    return this.#value === undefined;
  }

  get(name: string): Reader {
    if (!isRecord(this.#value)) throw this.#wrong("an object");
    return new Reader(Object.hasOwn(this.#value, name) ? this.#value[name] : undefined, `${this.#path}: ${name}`);
  }

  list(): Reader[] {
    if (!Array.isArray(this.#value)) throw this.#wrong("a list");
    return this.#value.map((item, index) => new Reader(item, `${this.#path}[${index}]`));
  }

  text(): string {
    if (typeof this.#value !== "string") throw this.#wrong("a text");
    return this.#value;
  }

  truth(): boolean {
    if (typeof this.#value !== "boolean") throw this.#wrong("true or false");
    return this.#value;
  }

  number(): number {
    if (typeof this.#value !== "number") throw this.#wrong("a number");
    return this.#value;
  }

  /** A place in a list. */
  place(count: number): number {
    const place = this.number();
    if (!Number.isInteger(place) || place < 0 || place >= count) throw this.#wrong(`a place before ${count}`);
    return place;
  }

  record(): { readonly [name: string]: ConfigValue } {
    const value = this.#value;
    if (!isRecord(value)) throw this.#wrong("an object");
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#json(item, 0)]));
  }

  #json(value: unknown, depth: number): ConfigValue {
    if (depth > maxDepth) throw this.#wrong(`at most ${maxDepth} levels`);
    if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      return value;
    if (Array.isArray(value)) return value.map((item) => this.#json(item, depth + 1));
    if (!isRecord(value)) throw this.#wrong("JSON");
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#json(item, depth + 1)]));
  }

  #wrong(expected: string): SinterError {
    return wrong(`${this.#path} is ${JSON.stringify(this.#value)?.slice(0, 60) ?? "missing"}`, expected);
  }
}

function wrong(what: string, expected: string): SinterError {
  return new SinterError(
    "format",
    `model.json: ${what}, expected ${expected}. The file is damaged or no model; save it again.`,
  );
}
