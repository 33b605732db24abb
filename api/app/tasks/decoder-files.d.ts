import type { Model } from "../../learning/train/model.js";
export interface DecoderFiles {
  readonly model: Model;
  readonly tokenizer: object | string;
  readonly chatTemplate: string | undefined;
  readonly tokens: Readonly<Record<string, string>>;
  readonly endIds: readonly number[];
}
export declare function readDecoderFiles(path: string): Promise<DecoderFiles>;
