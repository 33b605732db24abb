import type { GgufFile } from "../formats/gguf.js";
import type { Model } from "../train/model.js";
import type { DecoderSizes } from "./decoder-config.js";
export declare function fromGguf({ tensors, metadata }: GgufFile, sizes?: DecoderSizes): Model;
