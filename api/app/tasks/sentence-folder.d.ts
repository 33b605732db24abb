import type { BertPooling } from "../../learning/zoo/bert.js";
export interface SentenceRule {
  readonly pooling: Exclude<BertPooling, "pooler">;
  readonly normalize: boolean;
  readonly maxLength: number | undefined;
}
export declare function readSentenceRule(folder: string): Promise<SentenceRule>;
