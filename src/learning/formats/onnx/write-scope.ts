// What is being written: names, initializers, and the nodes of the graph and of the bodies inside it.

import type { DType, HostArray } from "#engine/base/dtype.ts";
import { extentName, fixedExtent, isFixed, isOne, type Extent } from "./write-extents.ts";
import type { OnnxAttribute, OnnxAttributes, OnnxDType, OnnxNode, OnnxTensor } from "./write-model.ts";

/** What all scopes of a file share. */
export class Sheet {
  readonly initializers: OnnxTensor[] = [];
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();
  readonly #lists = new Map<string, string>();

  /** The name itself, or with a number behind it where it is taken. */
  unique(name: string): string {
    let own = name;
    while (this.#taken.has(own)) {
      const number = this.#next.get(name) ?? 1;
      this.#next.set(name, number + 1);
      own = `${name}_${number}`;
    }
    this.#taken.add(own);
    return own;
  }

  /** A tensor of the file. @returns its name */
  tensor(label: string, dtype: DType, shape: readonly number[], data: HostArray): string {
    const name = this.unique(label);
    const array = data instanceof Float64Array ? Float32Array.from(data) : data;
    this.initializers.push({ name, dtype, shape, bytes: bytesOf(array) });
    return name;
  }

  /** A list of 64-bit integers, written once for equal lists. */
  integers(values: readonly number[]): string {
    return this.#once(`i64 ${values.join()}`, "i64", [values.length], BigInt64Array.from(values.map(BigInt)));
  }

  /** A number of a type, written once for equal numbers. */
  scalar(value: number, dtype: DType | "u32"): string {
    const key = `${dtype} ${Object.is(value, -0) ? "-0" : value}`;
    const array =
      dtype === "f32"
        ? Float32Array.of(value)
        : dtype === "i32"
          ? Int32Array.of(value)
          : dtype === "u32"
            ? Uint32Array.of(value)
            : Uint8Array.of(value);
    return this.#once(key, dtype, [], array);
  }

  #once(key: string, dtype: OnnxDType, shape: readonly number[], array: ArrayBufferView): string {
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const name = this.unique(shape.length === 0 ? "number" : "integers");
    this.initializers.push({ name, dtype, shape, bytes: bytesOf(array) });
    this.#lists.set(key, name);
    return name;
  }
}

/** Little-endian, which every machine that sinter runs on is. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The nodes of a graph or of a body in it. */
export class Scope {
  readonly nodes: OnnxNode[] = [];
  readonly sheet: Sheet;
  /** Names of values that were made once and serve again. */
  readonly #made = new Map<string, string>();
  readonly #outer: Scope | undefined;
  readonly #batchSource: string;

  /** @param batchSource a value of the graph that has the batch as axis 0 */
  constructor(sheet: Sheet, batchSource: string, outer?: Scope) {
    this.sheet = sheet;
    this.#batchSource = batchSource;
    this.#outer = outer;
  }

  /** The scope of a body. */
  inside(): Scope {
    return new Scope(this.sheet, this.#batchSource, this);
  }

  get outermost(): Scope {
    return this.#outer?.outermost ?? this;
  }

  /** A node of one output. @param label what it is named after; its operator where it is left out @returns the output's name */
  emit(operator: string, inputs: readonly string[], attributes: OnnxAttributes = {}, label?: string): string {
    const name = this.sheet.unique(label === undefined ? operator : `${label}/${operator}`);
    this.nodes.push({ name, operator, inputs, outputs: [name], attributes });
    return name;
  }

  /** `make`'s value, made once. */
  once(key: string, make: () => string): string {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const name = make();
    this.#made.set(key, name);
    return name;
  }

  /** A list of extents as 64-bit integers. */
  extents(extents: readonly Extent[]): string {
    if (extents.every(isFixed)) return this.sheet.integers(extents.map(({ fixed }) => fixed));
    const outermost = this.outermost;
    return outermost.once(`extents ${extents.map(extentName).join()}`, () => {
      const parts = runsOf(extents).map((run) => outermost.#part(run));
      const [only = ""] = parts;
      return parts.length === 1 ? only : outermost.emit("Concat", parts, { axis: int(0) });
    });
  }

  /** The shape that a reshape takes: -1 where one extent follows from the others. */
  target(extents: readonly Extent[]): string {
    const open = extents.filter((extent) => !isFixed(extent));
    const isClear = open.length === 1 && extents.every((extent) => !isFixed(extent) || extent.fixed > 0);
    if (!isClear) return this.extents(extents);
    return this.sheet.integers(extents.map((extent) => (isFixed(extent) ? extent.fixed : -1)));
  }

  #part(run: readonly Extent[]): string {
    const [first = fixedExtent(0)] = run;
    if (isFixed(first)) return this.sheet.integers(run.map(({ fixed }) => fixed));
    return this.once(`extent ${extentName(first)}`, () => this.#extent(first));
  }

  #extent({ perSample, fixed }: Extent): string {
    const batch = this.once("batch", () => this.emit("Shape", [this.#batchSource], { start: int(0), end: int(1) }));
    const scaled = perSample === 1 ? batch : this.emit("Mul", [batch, this.sheet.integers([perSample])]);
    return fixed === 0 ? scaled : this.emit("Add", [scaled, this.sheet.integers([fixed])]);
  }
}

/** Neighbours that are fixed go together. */
function runsOf(extents: readonly Extent[]): Extent[][] {
  const runs: Extent[][] = [];
  for (const extent of extents) {
    const last = runs.at(-1);
    const [first] = last ?? [];
    if (last !== undefined && first !== undefined && isFixed(first) && isFixed(extent)) last.push(extent);
    else runs.push([extent]);
  }
  return runs;
}

export function int(value: number): OnnxAttribute {
  return { kind: "int", value };
}

export function ints(value: readonly number[]): OnnxAttribute {
  return { kind: "ints", value };
}

/** Whether all extents are 1. */
export function isSingle(extents: readonly Extent[]): boolean {
  return extents.every(isOne);
}
