// A graph of named values as a file holds it: nodes in order, constants, inputs and outputs. Other graph formats are brought
// into the same form; execute.ts computes it.

import type { Shape } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** Element types of ONNX that are read. Integers of 64 bits are held exactly up to 2^53. */
export type ElementType =
  | "f32"
  | "f16"
  | "bf16"
  | "f64"
  | "i8"
  | "i16"
  | "i32"
  | "i64"
  | "u8"
  | "u16"
  | "u32"
  | "u64"
  | "bool"
  | "string";

/** Values on the host: f16 and bf16 as the numbers they stand for, i64 and u64 in doubles. */
export type HostValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | readonly string[];

/** Where a constant lies in a file beside the model. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  /** To the end of the file where it is left out. */
  readonly length: number | undefined;
}

/** A constant of the file; its values are decoded when they are asked for. */
export interface GraphTensor {
  readonly type: ElementType;
  readonly shape: Shape;
  /** The values; a view of the file's bytes where those are aligned. @throws format when they do not fill the shape */
  readonly read: () => HostValues;
  /** Where its bytes are, when they have not been read. */
  readonly place?: ExternalPlace | undefined;
  /** The constant on a device, when only that has it. */
  readonly resident?: Tensor | undefined;
}

/** What a node is told beside its inputs. */
export type Attribute =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "numbers"; readonly value: readonly number[] }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "texts"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: GraphTensor }
  | { readonly kind: "graph"; readonly value: Graph }
  | { readonly kind: "type"; readonly value: ValueType }
  /** An attribute of the function around the node, by its name. */
  | { readonly kind: "reference"; readonly value: string };

export interface GraphNode {
  readonly name: string;
  /** "" is ONNX's own. */
  readonly domain: string;
  readonly operator: string;
  /** Names of values; "" where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** What a value is declared to be. Extents are numbers, names, or undefined where nothing is known. */
export type ValueType =
  | {
      readonly kind: "tensor";
      readonly type: ElementType | undefined;
      readonly shape: readonly (number | string | undefined)[] | undefined;
    }
  | { readonly kind: "sequence" | "optional"; readonly element: ValueType }
  | { readonly kind: "other" };

export interface ValueInfo {
  readonly name: string;
  readonly type: ValueType;
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly initializers: ReadonlyMap<string, GraphTensor>;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly valueInfos: readonly ValueInfo[];
}

/** A function that a file defines; its nodes stand for one node that names it. */
export interface GraphFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Values of attributes that a caller may leave out. */
  readonly defaults: ReadonlyMap<string, Attribute>;
  readonly nodes: readonly GraphNode[];
  readonly opsets: ReadonlyMap<string, number>;
}

/** The bytes that a graph was read from, and those of constants that lie elsewhere. */
export interface GraphSource {
  readonly bytes: Uint8Array;
  readonly external: (place: ExternalPlace) => Uint8Array | undefined;
}

/** A graph and what its file says of it. */
export interface GraphModel {
  readonly graph: Graph;
  /** Versions of the sets of operators, by domain. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly functions: ReadonlyMap<string, GraphFunction>;
  readonly irVersion: number;
  readonly producer: string;
  readonly producerVersion: string;
  readonly domain: string;
  readonly modelVersion: number;
  readonly documentation: string;
  readonly metadata: ReadonlyMap<string, string>;
  /** Of ONNX's own files. */
  readonly source?: GraphSource | undefined;
}
