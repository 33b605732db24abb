import type { GraphModel } from "../onnx/graph.js";
import type { GraphLimits } from "../onnx/limits.js";
import { type GraphRunner } from "../onnx/load.js";
import { type Field } from "./json.js";
import { type TfjsWeights } from "./weights.js";
export declare function loadTfjsGraph(path: string, limits?: GraphLimits): Promise<GraphRunner>;
export declare function decodeTfjsGraph(files: ReadonlyMap<string, Uint8Array>, limits?: GraphLimits): GraphRunner;
export declare function mapGraph(root: Field, weights: TfjsWeights): GraphModel;
