// Decoded samples kept on disk from run to run: one checked file a sample, named by what it was made from. It may only
// save time: whatever goes wrong with it, samples are decoded as if it were not there.

import { byteSize, type HostArray } from "#engine/base/dtype.ts";
import { messageOf, SinterError } from "#engine/base/error.ts";
import { createLimiter } from "#engine/base/limiter.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { platform } from "#engine/platform/api.ts";
import { joinPath } from "#learning/data/scan-folder.ts";
import type { SampleSource } from "#learning/data/source.ts";

export interface DiskCacheOptions {
  /** Made when it is missing; data sets and runs may share it. Remove it at any time. */
  readonly folder: string;
  /** Of all its files together; default 8 GiB. When they are reached, nothing more is written. */
  readonly maxBytes?: number;
}

/** What a cache has done so far. */
export interface DiskCacheReport {
  /** Samples read from it. */
  readonly numRead: number;
  /** Samples written to it. */
  readonly numWritten: number;
  /** Files that were damaged; they are written anew. */
  readonly numDamaged: number;
  /** Why nothing more is written, such as a full disk; undefined while all is well. */
  readonly problem: string | undefined;
}

/** What a sample is made from; `undefined` for one that has no file. */
export interface SampleOrigin {
  /** Its file's path, and all that decoding depends on. */
  readonly recipe: string;
  /** Changes when the file does: its size and time. */
  readonly version: string;
}

const magic = "sinter sample 1\n";
/** The magic word and the SHA-256 of what follows, in hexadecimal. */
const headerBytes = magic.length + 64;
const ending = ".sample";
/** Digest of the recipe, bytes of the sample; then the version. */
const entryPattern = /^([0-9a-f]{64}-(\d+))-.*\.sample$/;
/** So many writes apart the folder is counted again. */
const writesBetweenCounts = 500;
const standardMaxBytes = 8 * 2 ** 30;
/** What a run that was killed left half written. */
const leftoverMs = 3_600_000;

/**
 * The source with u8 samples kept in a folder.
 * @param originOf what a sample is made from, undefined for one that is not kept
 */
export function diskCachedSource(
  source: SampleSource,
  options: DiskCacheOptions,
  originOf: (index: number) => Promise<SampleOrigin | undefined>,
): { readonly source: SampleSource; readonly report: DiskCacheReport } {
  const cache = new DiskCache(options, sizeOf(source.elementShape) * byteSize(source.dtype));
  const limit = createLimiter(4);
  const read = async (index: number, signal?: AbortSignal): Promise<HostArray | undefined> => {
    const origin = await originOf(index);
    const name = origin === undefined ? undefined : await cache.nameOf(origin);
    const known = name === undefined ? undefined : await limit(() => cache.read(name));
    if (known !== undefined) return known;
    const sample = await source.read(index, signal);
    if (sample instanceof Uint8Array && name !== undefined) await limit(() => cache.write(name, sample));
    return sample;
  };
  return { source: { ...source, read }, report: cache.report };
}

/** A sample's file: what comes of the same recipe has the same beginning. */
interface EntryName {
  readonly beginning: string;
  readonly full: string;
}

class DiskCache {
  readonly report: { numRead: number; numWritten: number; numDamaged: number; problem: string | undefined } = {
    numRead: 0,
    numWritten: 0,
    numDamaged: 0,
    problem: undefined,
  };
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #sampleBytes: number;
  #opening: Promise<void> | undefined;
  #numBytes = 0;
  /** Full names by beginning. */
  readonly #entries = new Map<string, string>();
  /** Beginnings that are being written: a sample may be asked for twice at once. */
  readonly #writing = new Set<string>();

  constructor({ folder, maxBytes = standardMaxBytes }: DiskCacheOptions, sampleBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#sampleBytes = sampleBytes;
  }

  async nameOf({ recipe, version }: SampleOrigin): Promise<EntryName> {
    const digest = await platform().sha256(new TextEncoder().encode(recipe));
    const beginning = `${digest}-${this.#sampleBytes}`;
    return { beginning, full: `${beginning}-${version}${ending}` };
  }

  /** The sample; undefined when it is not there, damaged or of an older file. */
  async read({ beginning, full }: EntryName): Promise<Uint8Array | undefined> {
    await this.#open();
    if (this.#entries.get(beginning) !== full || this.#writing.has(beginning)) return undefined;
    try {
      const bytes = await platform().files.read(this.#pathOf(full));
      const sample = bytes.subarray(headerBytes);
      if (sample.length === this.#sampleBytes && headerOf(bytes) === (await headerFor(sample))) {
        this.report.numRead += 1;
        // A view of its own: headers are not kept in memory.
        return sample.slice();
      }
    } catch (error) {
      checkHarmless(error);
    }
    this.report.numDamaged += 1;
    if (this.#entries.delete(beginning)) this.#numBytes -= headerBytes + this.#sampleBytes;
    return undefined;
  }

  /** Keeps a sample, in place of an older one of the same recipe; a failure ends writing. */
  async write({ beginning, full }: EntryName, sample: Uint8Array): Promise<void> {
    await this.#open();
    const isThere = this.#writing.has(beginning) || this.#entries.get(beginning) === full;
    if (this.report.problem !== undefined || isThere) return;
    this.#writing.add(beginning);
    try {
      await this.#makeRoom(this.#entries.has(beginning) ? 0 : headerBytes + sample.length);
      if (this.report.problem === undefined) await this.#replace({ beginning, full }, sample);
    } catch (error) {
      checkHarmless(error);
      this.report.problem = messageOf(error);
    } finally {
      this.#writing.delete(beginning);
    }
  }

  /** Counts what is to be written, before it is: other samples are being written at the same time. */
  async #makeRoom(numBytes: number): Promise<void> {
    // Others may write into the folder too.
    if (this.report.numWritten % writesBetweenCounts === writesBetweenCounts - 1) await this.#count();
    if (this.#numBytes + numBytes <= this.#maxBytes) this.#numBytes += numBytes;
    else this.report.problem = `It has reached ${this.#maxBytes} bytes. Raise maxBytes, or remove "${this.#folder}".`;
  }

  async #replace({ beginning, full }: EntryName, sample: Uint8Array): Promise<void> {
    const { files } = platform();
    const bytes = new Uint8Array(headerBytes + sample.length);
    bytes.set(new TextEncoder().encode(await headerFor(sample)));
    bytes.set(sample, headerBytes);
    await files.writeUnsynced(this.#pathOf(full), bytes);
    const replaced = this.#entries.get(beginning);
    this.#entries.set(beginning, full);
    this.report.numWritten += 1;
    if (replaced !== undefined && replaced !== full) await files.remove(this.#pathOf(replaced));
  }

  #pathOf(name: string): string {
    return joinPath(platform().files, this.#folder, name);
  }

  #open(): Promise<void> {
    this.#opening ??= this.#list();
    return this.#opening;
  }

  async #list(): Promise<void> {
    try {
      await platform().files.makeFolder(this.#folder);
      await this.#count();
    } catch (error) {
      checkHarmless(error);
      this.report.problem = messageOf(error);
    }
  }

  /** What is there already. */
  async #count(): Promise<void> {
    const names = (await platform().files.list(this.#folder)).map(({ name }) => name);
    const entries = names.flatMap((name) => {
      const [, beginning = "", bytes = ""] = entryPattern.exec(name) ?? [];
      return beginning === "" ? [] : [{ beginning, name, numBytes: headerBytes + Number(bytes) }];
    });
    for (const { beginning, name } of entries) this.#entries.set(beginning, name);
    this.#numBytes = entries.reduce((sum, { numBytes }) => sum + numBytes, 0);
    const leftovers = names.filter((name) => name.endsWith(".tmp") && name.includes(ending));
    await Promise.all(leftovers.map((name) => removeLeftover(this.#pathOf(name))));
  }
}

async function removeLeftover(path: string): Promise<void> {
  const { files } = platform();
  const found = await files.stat(path);
  if (found !== undefined && Date.now() - found.modifiedMs > leftoverMs) await files.remove(path);
}

function headerOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes.subarray(0, headerBytes));
}

async function headerFor(sample: Uint8Array): Promise<string> {
  return `${magic}${await platform().sha256(sample)}`;
}

/** Fails on what is no matter of the disk. */
function checkHarmless(error: unknown): void {
  const isOfDisk = error instanceof SinterError && ["file", "missing", "limit"].includes(error.code);
  if (!isOfDisk) throw error;
}
