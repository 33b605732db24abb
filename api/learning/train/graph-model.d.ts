import { type Shape } from "../../engine/base/shape.js";
import { type GraphRunner } from "../formats/onnx/load.js";
import type { LayerMaker } from "../nn/layers.js";
import type { Model } from "./model.js";
export interface GraphModelOptions {
  readonly inputShapes?: Readonly<Record<string, Shape>>;
  readonly name?: string;
}
export declare function onnxModel(source: string | Uint8Array, options?: GraphModelOptions): Promise<Model>;
export declare function loadOnnxModel(path: string, inputShape: Shape | undefined): Promise<Model>;
export declare function graphMaker(path: string): Promise<LayerMaker>;
export declare function graphModel(runner: GraphRunner, options?: GraphModelOptions): Model;
