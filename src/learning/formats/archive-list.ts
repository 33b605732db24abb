// The names in a zip file of any size, from its directory alone.

import { SinterError } from "#engine/base/error.ts";
import { findDirectory, readDirectory, tailBytes } from "./archive-directory.ts";
import { type ByteSource, readPart } from "./byte-source.ts";

const maxDirectoryBytes = 64 * 2 ** 20;

/** The names of an archive's entries; nothing else is checked. @throws format when it is no whole zip file */
export async function listArchive(source: ByteSource): Promise<readonly string[]> {
  const tail = await readPart(source, Math.max(0, source.size - tailBytes), source.size);
  const { begin, end, numEntries } = findDirectory(tail, source.size);
  if (end - begin > maxDirectoryBytes) {
    const bytes = end - begin;
    throw new SinterError("limit", `archive: a directory of ${bytes} bytes, at most ${maxDirectoryBytes} are read.`, {
      bytes,
    });
  }
  return readDirectory(await readPart(source, begin, end), numEntries).map(({ name }) => name);
}
