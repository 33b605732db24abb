import type { SampleSource } from "./source.js";
export interface DiskCacheOptions {
  readonly folder: string;
  readonly maxBytes?: number;
}
export interface DiskCacheReport {
  readonly numRead: number;
  readonly numWritten: number;
  readonly numDamaged: number;
  readonly problem: string | undefined;
}
export interface SampleOrigin {
  readonly recipe: string;
  readonly version: string;
}
export declare function diskCachedSource(
  source: SampleSource,
  options: DiskCacheOptions,
  originOf: (index: number) => Promise<SampleOrigin | undefined>,
): {
  readonly source: SampleSource;
  readonly report: DiskCacheReport;
};
