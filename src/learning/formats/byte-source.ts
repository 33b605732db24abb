// Where a format's bytes come from: memory, or a file that is read in parts. Formats above 2 GiB are read through it.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";

/** Bytes that can be read in parts. */
export interface ByteSource {
  readonly name: string;
  readonly size: number;
  /** Fills memory with the bytes from place `begin` on. @throws file when they end before */
  readInto(begin: number, into: Uint8Array): Promise<void>;
}

/** Bytes in memory. */
export function bytesSource(bytes: Uint8Array, name: string = "bytes"): ByteSource {
  return {
    name,
    size: bytes.length,
    readInto: (begin, into) => {
      if (begin < 0 || begin + into.length > bytes.length) {
        const message = `"${name}" ends at byte ${bytes.length}. Fetch or save it again.`;
        return Promise.reject(new SinterError("file", message, { name }));
      }
      into.set(bytes.subarray(begin, begin + into.length));
      return Promise.resolve();
    },
  };
}

/** A file. @throws file when there is none */
export async function fileSource(path: string): Promise<ByteSource> {
  const { files } = platform();
  const found = await files.stat(path);
  if (found?.kind !== "file") {
    const what = found === undefined ? "is not there" : "is no file";
    throw new SinterError("file", `"${path}" ${what}. Check the path.`, { path });
  }
  return { name: path, size: found.bytes, readInto: (begin, into) => files.readInto(path, begin, into) };
}

/** What `read` makes of a file, which is open only until then. @throws file when there is none */
export async function withFile<Result>(path: string, read: (source: ByteSource) => Promise<Result>): Promise<Result> {
  const { name, size } = await fileSource(path);
  const file = await platform().files.open(path);
  try {
    return await read({ name, size, readInto: (begin, into) => file.readInto(begin, into) });
  } finally {
    await file.close();
  }
}

/** A part of a source as new bytes. */
export async function readPart(source: ByteSource, begin: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, Math.min(end, source.size) - begin));
  await source.readInto(begin, bytes);
  return bytes;
}
