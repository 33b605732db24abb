import { SinterError } from "../../engine/base/error.js";
import type { ConfigValue } from "../../engine/base/options.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import type { StoredTensor } from "../formats/safetensors.js";
import type { Activation } from "../nn/activations.js";
import type { Weights } from "../nn/layer.js";
import type { Network } from "../nn/network.js";
export declare class TransformersConfig {
  #private;
  constructor(fields: unknown, file: string);
  expectType(types: readonly string[]): void;
  has(name: string): boolean;
  number(name: string, standard: number): number;
  count(name: string, standard: number): number;
  text(name: string, standard: string): string;
  flag(name: string, standard: boolean): boolean;
  value(name: string): unknown;
  inner(name: string): TransformersConfig | undefined;
  require(name: string, right: readonly unknown[], standard: unknown): void;
  unsupported(name: string, value: unknown): SinterError;
}
export declare function readTransformersConfig(folder: string): Promise<TransformersConfig>;
export declare function activationIn(field: string, name: string): Activation;
export declare function activationNameOf(activation: ConfigValue): string;
export declare function classNamesIn(config: TransformersConfig): readonly string[] | undefined;
export interface WeightNaming {
  readonly nameOf: (path: string) => string;
  readonly prefixes: readonly string[];
  readonly isOptional: (path: string) => boolean;
}
export declare function readTransformersWeights(
  folder: string,
  network: Network,
  { nameOf, prefixes, isOptional }: WeightNaming,
): Promise<Weights>;
export declare function readTransformersTensors(folder: string): Promise<ReadonlyMap<string, StoredTensor>>;
export declare function storedAsThere(path: string, value: Tensor): Promise<StoredTensor>;
