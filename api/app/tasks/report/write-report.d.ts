import { type DataReport } from "../../../learning/data/check-folder.js";
import { type ImageClassifier } from "../image-classifier.js";
import { type ReportParts } from "./gather.js";
import type { ResourceUse } from "./resources.js";
import { type ReportLanguage } from "./texts.js";
export interface ReportOptions {
  readonly language?: ReportLanguage | undefined;
  readonly parts?: ReportParts | undefined;
  readonly folder?: string | undefined;
  readonly classifier?: ImageClassifier | undefined;
  readonly dataReport?: DataReport | undefined;
  readonly checkData?: boolean | undefined;
  readonly resources?: ResourceUse | undefined;
  readonly out?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}
export interface WrittenReport {
  readonly html: string;
  readonly json: string;
  readonly modelCard: string;
  readonly numBytes: number;
}
export declare function writeReport(run: string, options?: ReportOptions): Promise<WrittenReport>;
