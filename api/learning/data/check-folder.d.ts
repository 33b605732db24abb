import { type DataFinding } from "./data-findings.js";
export interface ClassCount {
  readonly part: string;
  readonly className: string;
  readonly folder: string;
  readonly numFiles: number;
}
export interface DataReport {
  readonly folder: string;
  readonly numFiles: number;
  readonly numBytes: number;
  readonly classes: readonly ClassCount[];
  readonly formats: Readonly<Record<string, number>>;
  readonly sizes:
    | Readonly<Record<"smallest" | "median" | "largest", readonly [height: number, width: number]>>
    | undefined;
  readonly findings: readonly DataFinding[];
}
export interface CheckFolderOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { readonly numDone: number; readonly numFiles: number }) => void) | undefined;
}
export declare function checkFolder(folder: string, options?: CheckFolderOptions): Promise<DataReport>;
