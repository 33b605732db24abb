import type { GraphModel } from "../onnx/graph.js";
import { type GraphRunner } from "../onnx/load.js";
import { type Field } from "./json.js";
import { type TfjsWeights } from "./weights.js";
export declare function loadTfjsGraph(path: string): Promise<GraphRunner>;
export declare function decodeTfjsGraph(files: ReadonlyMap<string, Uint8Array>): GraphRunner;
export declare function mapGraph(root: Field, weights: TfjsWeights): GraphModel;
