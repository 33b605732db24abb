import type { Shape } from "../../../engine/base/shape.js";
import type { Tensor } from "../../../engine/tensor/tensor.js";
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
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}
export interface GraphTensor {
  readonly type: ElementType;
  readonly shape: Shape;
  readonly read: () => HostValues;
  readonly place?: ExternalPlace | undefined;
  readonly resident?: Tensor | undefined;
}
export type Attribute =
  | {
      readonly kind: "number";
      readonly value: number;
    }
  | {
      readonly kind: "numbers";
      readonly value: readonly number[];
    }
  | {
      readonly kind: "text";
      readonly value: string;
    }
  | {
      readonly kind: "texts";
      readonly value: readonly string[];
    }
  | {
      readonly kind: "tensor";
      readonly value: GraphTensor;
    }
  | {
      readonly kind: "graph";
      readonly value: Graph;
    }
  | {
      readonly kind: "type";
      readonly value: ValueType;
    }
  | {
      readonly kind: "reference";
      readonly value: string;
    };
export interface GraphNode {
  readonly name: string;
  readonly domain: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}
export type ValueType =
  | {
      readonly kind: "tensor";
      readonly type: ElementType | undefined;
      readonly shape: readonly (number | string | undefined)[] | undefined;
    }
  | {
      readonly kind: "sequence" | "optional";
      readonly element: ValueType;
    }
  | {
      readonly kind: "other";
    };
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
export interface GraphFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly defaults: ReadonlyMap<string, Attribute>;
  readonly nodes: readonly GraphNode[];
  readonly opsets: ReadonlyMap<string, number>;
}
export interface GraphSource {
  readonly bytes: Uint8Array;
  readonly external: (place: ExternalPlace) => Uint8Array | undefined;
}
export interface GraphModel {
  readonly graph: Graph;
  readonly opsets: ReadonlyMap<string, number>;
  readonly functions: ReadonlyMap<string, GraphFunction>;
  readonly irVersion: number;
  readonly producer: string;
  readonly producerVersion: string;
  readonly domain: string;
  readonly modelVersion: number;
  readonly documentation: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly source?: GraphSource | undefined;
}
