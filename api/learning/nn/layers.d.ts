import { conv2d } from "./conv.js";
import { activation, dense, dropout, flatten, input, rescaling, reshape } from "./dense.js";
import type { Layer, LayerConfig } from "./layer.js";
import { batchNormalization } from "./norm.js";
import { averagePooling2d, globalAveragePooling2d, globalMaxPooling2d, maxPooling2d } from "./pool.js";
export declare const layers: {
  readonly input: typeof input;
  readonly conv2d: typeof conv2d;
  readonly maxPooling2d: typeof maxPooling2d;
  readonly averagePooling2d: typeof averagePooling2d;
  readonly globalMaxPooling2d: typeof globalMaxPooling2d;
  readonly globalAveragePooling2d: typeof globalAveragePooling2d;
  readonly flatten: typeof flatten;
  readonly reshape: typeof reshape;
  readonly dense: typeof dense;
  readonly activation: typeof activation;
  readonly dropout: typeof dropout;
  readonly batchNormalization: typeof batchNormalization;
  readonly rescaling: typeof rescaling;
};
export interface LayerMaker {
  make(options: object): Layer;
}
export declare function layerFromConfig(config: LayerConfig, custom?: Readonly<Record<string, LayerMaker>>): Layer;
