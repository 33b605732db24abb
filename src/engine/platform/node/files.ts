// Files of the machine in Node. Writing is atomic: a reader sees the old bytes or the new, never a part. Every call of the
// system goes through `FileCalls`, so that a test can let any of them fail.

import { createHash, randomUUID } from "node:crypto";
import type { Dirent, Stats } from "node:fs";
import * as fs from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { messageOf, SinterError } from "#engine/base/error.ts";
import type { FileSystem, FolderEntry, ReadableFile } from "#engine/platform/api.ts";

/** Node reads at most 2 GiB into one buffer; larger files are read in parts by formats. */
const maxReadBytes = 2 ** 31 - 1;

/** An open file, as Node has it. */
export interface OpenFile {
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  writeFile(bytes: Uint8Array | string): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The calls of the system that files are made of; `node:fs/promises` has them all. */
export interface FileCalls {
  open(path: string, flags: string): Promise<OpenFile>;
  readFile(path: string): Promise<Buffer>;
  appendFile(path: string, bytes: Uint8Array | string): Promise<void>;
  readdir(path: string, options: { readonly withFileTypes: true }): Promise<Dirent[]>;
  stat(path: string): Promise<Stats>;
  realpath(path: string): Promise<string>;
  mkdir(path: string, options: { readonly recursive: true }): Promise<string | undefined>;
  rm(path: string, options: { readonly recursive?: boolean; readonly force: true }): Promise<void>;
  rename(from: string, to: string): Promise<void>;
}

/** Files over the calls of a system. */
export function createFiles(calls: FileCalls): FileSystem {
  return {
    separator: sep,
    relative: (from, to) => relative(from, to) || ".",
    from: (folder, path) => (isAbsolute(path) ? path : relative(".", resolve(folder, path)) || "."),
    read: (path) => attempt("read", path, () => readFile(calls, path)),
    readInto: (path, begin, into) => attempt("read", path, () => readInto(calls, path, begin, into)),
    open: (path) => attempt("read", path, () => open(calls, path)),
    writeAtomically: (path, bytes) => attempt("write", path, () => writeAtomically(calls, path, bytes), bytes),
    writeNew: (path, bytes) => attempt("write", path, () => writeSynced(calls, path, bytes), bytes),
    writeUnsynced: (path, bytes) => attempt("write", path, () => writeAside(calls, path, bytes, false), bytes),
    append: (path, bytes) => attempt("write", path, () => calls.appendFile(path, bytes), bytes),
    list: (path) => attempt("list", path, () => list(calls, path)),
    stat: (path) => attempt("read", path, () => stat(calls, path)),
    makeFolder: (path) => attempt("make folder", path, async () => void (await calls.mkdir(path, { recursive: true }))),
    remove: (path) => attempt("remove", path, () => calls.rm(path, { recursive: true, force: true })),
    rename: (from, to) => attempt("rename", from, () => calls.rename(from, to)),
    syncFolder: (path) => attempt("write", path, () => syncFolder(calls, path)),
  };
}

/** The files that this process may read and write. */
export const files: FileSystem = createFiles(fs);

/** SHA-256 in lower-case hexadecimal. */
export function sha256(bytes: Uint8Array): Promise<string> {
  return Promise.resolve(createHash("sha256").update(bytes).digest("hex"));
}

async function readFile(calls: FileCalls, path: string): Promise<Uint8Array> {
  const { size } = await calls.stat(path);
  if (size > maxReadBytes) {
    throw new SinterError("limit", `read "${path}": ${size} bytes, at most ${maxReadBytes} are read at once.`, {
      path,
    });
  }
  const buffer = await calls.readFile(path);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** Bytes of one call of the system, and calls in flight: fresh memory is filled by as many threads. */
const pieceBytes = 2 ** 21;
const maxInFlight = 4;

async function open(calls: FileCalls, path: string): Promise<ReadableFile> {
  const file = await calls.open(path, "r");
  return {
    readInto: (begin, into) => attempt("read", path, () => readPieces(file, path, begin, into)),
    close: () => file.close(),
  };
}

async function readInto(calls: FileCalls, path: string, begin: number, into: Uint8Array): Promise<void> {
  const file = await open(calls, path);
  try {
    await file.readInto(begin, into);
  } finally {
    await file.close();
  }
}

/** Several pieces at a time; all have ended when it gives or throws. */
async function readPieces(file: OpenFile, path: string, begin: number, into: Uint8Array): Promise<void> {
  let next = 0;
  let end = into.length;
  const lane = async (): Promise<void> => {
    while (next < end) {
      const from = next;
      next += pieceBytes;
      const piece = Math.min(pieceBytes, into.length - from);
      const done = await readPiece(file, into, { from, length: piece, position: begin + from });
      if (done < piece) end = Math.min(end, from + done);
    }
  };
  const numLanes = Math.min(maxInFlight, Math.ceil(into.length / pieceBytes));
  const lanes = await Promise.allSettled(Array.from({ length: numLanes }, lane));
  const failed = lanes.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  if (end === into.length) return;
  const details = { path, begin, bytes: into.length };
  throw new SinterError("file", `read "${path}": it ends at byte ${begin + end}. Fetch or save it again.`, details);
}

interface Piece {
  readonly from: number;
  readonly length: number;
  /** In the file. */
  readonly position: number;
}

/** How many bytes were read: fewer only where the file ends. */
async function readPiece(file: OpenFile, into: Uint8Array, { from, length, position }: Piece): Promise<number> {
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(into, from + done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

async function writeAtomically(calls: FileCalls, path: string, bytes: Uint8Array | string): Promise<void> {
  await writeAside(calls, path, bytes, true);
  await syncFolder(calls, dirname(path));
}

/** Under another name first, then renamed. */
async function writeAside(
  calls: FileCalls,
  path: string,
  bytes: Uint8Array | string,
  isSynced: boolean,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await writeFile(calls, temporary, bytes, isSynced);
    await calls.rename(temporary, path);
  } catch (error) {
    // What failed is said; that its remains cannot be taken away either is not.
    await calls.rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

function writeSynced(calls: FileCalls, path: string, bytes: Uint8Array | string): Promise<void> {
  return writeFile(calls, path, bytes, true);
}

async function writeFile(calls: FileCalls, path: string, bytes: Uint8Array | string, isSynced: boolean): Promise<void> {
  const file = await calls.open(path, "wx");
  try {
    await file.writeFile(bytes);
    if (isSynced) await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a rename last through a power cut; Windows has no such call and refuses to open a folder. */
async function syncFolder(calls: FileCalls, folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await calls.open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function list(calls: FileCalls, path: string): Promise<FolderEntry[]> {
  const entries = await calls.readdir(path, { withFileTypes: true });
  return await Promise.all(
    entries.map(async (entry): Promise<FolderEntry> => {
      if (entry.isFile()) return { name: entry.name, kind: "file" };
      if (entry.isDirectory()) return { name: entry.name, kind: "folder" };
      if (!entry.isSymbolicLink()) return { name: entry.name, kind: "other" };
      const target = await stat(calls, join(path, entry.name));
      return { name: entry.name, kind: target?.kind ?? "other" };
    }),
  );
}

async function stat(calls: FileCalls, path: string): Promise<Awaited<ReturnType<FileSystem["stat"]>>> {
  try {
    const [found, realPath] = await Promise.all([calls.stat(path), calls.realpath(path)]);
    const kind = found.isFile() ? "file" : found.isDirectory() ? "folder" : "other";
    return { kind, bytes: found.size, realPath, modifiedMs: found.mtimeMs };
  } catch (error) {
    // ELOOP: a link that ends in itself leads nowhere.
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
    throw error;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder. Check the path.",
  ENOTDIR: "a part of the path is a file, not a folder. Check the path.",
  EISDIR: "it is a folder, expected a file. Check the path.",
  EACCES: "access is denied. Check its permissions.",
  EPERM: "the system does not allow it. Check its permissions.",
  ENOSPC: "the disk is full. Make room.",
  EDQUOT: "the quota of this user is used up. Make room.",
  EROFS: "the disk is read-only. Choose another folder.",
  EIO: "the disk reports an error (EIO). Check the disk, or choose a folder on another one.",
  EEXIST: "it is there already. Choose another name.",
  EMFILE: "too many files are open. Raise the limit (ulimit -n).",
};

/** Runs calls of the system; a failure says the path, the reason and, for a write, how many bytes are needed. */
async function attempt<Result>(
  action: string,
  path: string,
  task: () => Promise<Result>,
  content?: Uint8Array | string,
): Promise<Result> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof SinterError) throw error;
    const code = errorCode(error);
    const reason = reasons[code] ?? `${messageOf(error)}.`;
    const bytes = content === undefined ? undefined : Buffer.byteLength(content);
    const isFull = code === "ENOSPC" || code === "EDQUOT";
    const needed = isFull && bytes !== undefined ? ` ${bytes.toLocaleString("en")} bytes are needed.` : "";
    const details = { path, code, ...(bytes === undefined ? {} : { bytes }) };
    throw new SinterError("file", `${action} "${path}": ${reason}${needed}`, details, error);
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
