import type { DescribedModel } from "../formats/keras/read.js";
import type { LayerMaker } from "../nn/layers.js";
import { Model } from "./model.js";
export interface LoadOptions {
  readonly customLayers?: Readonly<Record<string, LayerMaker>>;
  readonly compile?: boolean;
  readonly inputShape?: readonly number[] | undefined;
}
export declare function modelFrom(
  { description, tensors }: DescribedModel,
  custom?: Readonly<Record<string, LayerMaker>>,
): Model;
