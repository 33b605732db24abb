import { type Tokenizer, type TokenizerOptions } from "./tokenizer.js";
export declare function loadTokenizer(folder: string, options?: TokenizerOptions): Promise<Tokenizer>;
