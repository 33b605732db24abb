import { type NameRule } from "./archive-names.js";
import { type ByteSource } from "./byte-source.js";
export interface ArchiveLimits {
  readonly maxEntries?: number;
  readonly maxEntryBytes?: number;
  readonly maxTotalBytes?: number;
  readonly maxRatio?: number;
  readonly names?: NameRule;
}
export interface ArchiveEntry {
  readonly name: string;
  readonly bytes: number;
  readonly isStored: boolean;
  readonly begin: number;
  readonly end: number;
  read(): Uint8Array;
}
export type Archive = ReadonlyMap<string, ArchiveEntry>;
export declare function readArchive(bytes: Uint8Array, limits?: ArchiveLimits): Archive;
export interface ArchivePart {
  readonly name: string;
  read(): Promise<Uint8Array>;
}
export declare function openArchive(
  source: ByteSource,
  limits?: ArchiveLimits,
): Promise<ReadonlyMap<string, ArchivePart>>;
export interface WriteArchiveOptions {
  readonly compress?: boolean;
  readonly alignment?: number;
  readonly names?: NameRule;
}
export declare function writeArchive(
  entries: Iterable<readonly [name: string, contents: Uint8Array]>,
  { compress, alignment, names }?: WriteArchiveOptions,
): Uint8Array<ArrayBuffer>;
